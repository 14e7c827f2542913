package io.correio.amqp.v091;

import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongPredicate;

/** Writes down what an engine calls. */
final class RecordingHandler implements FrameHandler {
  final List<String> calls = new ArrayList<>();
  final List<ContentMethod> contentMethods = new ArrayList<>();
  final List<byte[]> properties = new ArrayList<>();
  final List<byte[]> bodies = new ArrayList<>();
  LongPredicate accept = size -> true;
  Runnable afterEach = () -> {};

  @Override
  public void onProtocolHeader() {
    add("protocol header");
  }

  @Override
  public void onUnsupportedProtocol(byte[] received) {
    add("unsupported " + HexFormat.of().formatHex(received));
  }

  @Override
  public void onMethod(int channel, Method method) {
    add(channel + " " + method);
  }

  @Override
  public boolean onContentHeader(int channel, ContentMethod method, long bodySize) {
    add(channel + " header " + bodySize + " " + method);
    return accept.test(bodySize);
  }

  @Override
  public void onContent(int channel, ContentMethod method, byte[] rawProperties, byte[] body) {
    contentMethods.add(method);
    properties.add(rawProperties);
    bodies.add(body);
    add(
        channel
            + " content "
            + method
            + " "
            + HexFormat.of().formatHex(rawProperties)
            + " "
            + HexFormat.of().formatHex(body));
  }

  @Override
  public void onHeartbeat() {
    add("heartbeat");
  }

  private void add(String call) {
    calls.add(call);
    afterEach.run();
  }
}
