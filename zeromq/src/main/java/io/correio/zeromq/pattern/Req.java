package io.correio.zeromq.pattern;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.Options;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.pipe.Pipe;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * REQ (RFC 28): a request to one peer in turn, then the reply from that peer alone.
 *
 * <pre>
 *          send                     reply given to the user
 *   IDLE ────────► WAITING(peer) ────────────────────────────► IDLE
 *                    │   ▲
 *                    └───┘ send, if relaxed: the old reply is not wanted any more
 *
 *   on the wire   [id of 4 octets, if correlated] [empty] body…
 * </pre>
 */
final class Req extends Pattern {
  private static final byte[] DELIMITER = {};

  private final FairQueue in = new FairQueue();
  private final LoadBalancer out = new LoadBalancer();
  private final Options options;
  private boolean waiting;
  private @Nullable Pipe asked;
  private int number = ThreadLocalRandom.current().nextInt();
  private byte @Nullable [] numberSent;

  Req(Options options) {
    super(SocketType.REQ);
    this.options = options;
  }

  @Override
  public void attach(Pipe pipe) {
    if (options.get(SocketOption.PROBE_ROUTER)) {
      pipe.write(Message.owned(new byte[0]), true);
    }
    out.attach(pipe);
    in.readable(pipe);
  }

  @Override
  public void readable(Pipe pipe) {
    in.readable(pipe);
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public void closed(Pipe pipe) {
    out.closed(pipe);
    in.readable(pipe);
  }

  private void checkSend() {
    if (waiting && !options.get(SocketOption.REQ_RELAXED)) {
      throw wrongState(
          "the last request has no reply yet: receive it first, or set "
              + SocketOption.REQ_RELAXED);
    }
  }

  @Override
  public boolean trySend(Message message, boolean owned) {
    checkSend();
    Pipe pipe = out.next();
    if (pipe == null) {
      return false;
    }
    List<byte[]> frames = new ArrayList<>(message.size() + 2);
    numberSent = null;
    if (options.get(SocketOption.REQ_CORRELATE)) {
      numberSent = ByteBuffer.allocate(4).putInt(0, ++number).array();
      frames.add(numberSent);
    }
    frames.add(DELIMITER);
    for (int i = 0; i < message.size(); i++) {
      frames.add(message.frame(i));
    }
    pipe.write(Message.owned(frames), owned);
    asked = pipe;
    waiting = true;
    return true;
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public @Nullable Message tryReceive() {
    for (Message message = in.next(); message != null; message = in.next()) {
      if (waiting && in.last() == asked) {
        Message body = body(message);
        if (body != null) {
          return body;
        }
      }
    }
    return null;
  }

  private @Nullable Message body(Message message) {
    int at = 0;
    byte[] sent = numberSent;
    if (sent != null) {
      if (!Arrays.equals(message.frame(0), sent)) {
        return null;
      }
      at = 1;
    }
    if (message.size() < at + 2 || message.frame(at).length > 0) {
      return null;
    }
    return message.skip(at + 1);
  }

  @Override
  public void received() {
    waiting = false;
    asked = null;
  }

  @Override
  public void checkReceive() {
    if (!waiting) {
      throw wrongState("nothing was requested: send first");
    }
  }

  @Override
  public boolean canSend() {
    return (!waiting || options.get(SocketOption.REQ_RELAXED)) && out.hasRoom();
  }

  @Override
  public boolean isLockStep() {
    return true;
  }

  @Override
  public boolean sendsBeforeHandshake() {
    return true;
  }
}
