package io.correio.tests.zeromq;

import io.correio.zeromq.security.FrameCipher;
import io.correio.zeromq.security.Mechanism;
import io.correio.zeromq.security.ZapReply;
import io.correio.zeromq.security.ZapRequest;
import io.correio.zeromq.wire.Greeting;
import io.correio.zeromq.wire.GreetingExchange;
import io.correio.zeromq.wire.GreetingOffer;
import io.correio.zeromq.wire.ZmtpException;
import io.correio.zeromq.wire.ZmtpVersion;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The state machines of greeting and mechanism on a plain blocking socket, and frames by hand. */
final class BarePeer implements AutoCloseable {
  static final int MORE = 1;
  static final int LONG = 2;
  static final int COMMAND = 4;
  private static final int PATIENCE_MILLIS = 20_000;

  /** A frame, opened if it was sealed. */
  @SuppressWarnings("ArrayRecordComponent")
  record Frame(int flags, byte[] body) {
    boolean isCommand() {
      return (flags & COMMAND) != 0;
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final Mechanism mechanism;
  private Function<ZapRequest, ZapReply> authenticator =
      request -> ZapReply.deny(request, "nobody is known");
  private Optional<FrameCipher> cipher = Optional.empty();

  BarePeer(Socket socket, Mechanism mechanism) throws IOException {
    this.socket = socket;
    this.mechanism = mechanism;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  BarePeer authenticator(Function<ZapRequest, ZapReply> decider) {
    authenticator = decider;
    return this;
  }

  /** Greets, and agrees on a version; reads one octet at a time, and so no octet too many. */
  Greeting greet(String socketType, ZmtpVersion highest, byte[] identity)
      throws IOException, ZmtpException {
    GreetingExchange exchange =
        new GreetingExchange(
            new GreetingOffer(
                highest,
                ZmtpVersion.V2_0,
                mechanism.name(),
                mechanism.isServer(),
                socketType,
                identity));
    out.write(exchange.takeOutput());
    while (!exchange.isComplete()) {
      exchange.consume(ByteBuffer.wrap(new byte[] {in.readByte()}));
      out.write(exchange.takeOutput());
    }
    return exchange.greeting();
  }

  /** Greets as 3.1 and runs the mechanism to its end, whatever that is. */
  Mechanism.State introduce(String socketType) throws IOException, ZmtpException {
    greet(socketType, ZmtpVersion.V3_1, new byte[0]);
    return handshake();
  }

  Mechanism.State handshake() throws IOException, ZmtpException {
    say();
    while (mechanism.state() != Mechanism.State.READY
        && mechanism.state() != Mechanism.State.FAILED) {
      Optional<ZapRequest> request = mechanism.pendingRequest();
      if (request.isPresent()) {
        mechanism.answer(authenticator.apply(request.get()));
      } else {
        mechanism.consume(readFrame().body());
      }
      say();
    }
    cipher = Optional.ofNullable(mechanism.cipher());
    return mechanism.state();
  }

  private void say() throws IOException {
    for (byte[] command = mechanism.produce(); command != null; command = mechanism.produce()) {
      writeFrame(COMMAND, command);
    }
  }

  void writeFrame(int flags, byte[] body) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(9 + body.length);
    if (body.length > 255) {
      frame.put((byte) (flags | LONG)).putLong(body.length);
    } else {
      frame.put((byte) flags).put((byte) body.length);
    }
    frame.put(body);
    out.write(frame.array(), 0, frame.position());
  }

  Frame readFrame() throws IOException {
    int flags = in.readUnsignedByte();
    long length = (flags & LONG) != 0 ? in.readLong() : in.readUnsignedByte();
    byte[] body = in.readNBytes(Math.toIntExact(length));
    return new Frame(flags & ~LONG, body);
  }

  /** Seals, if the mechanism does. */
  byte[] seal(boolean more, boolean command, byte[] body) {
    FrameCipher sealing = cipher.orElseThrow();
    byte[] sealed = new byte[body.length + sealing.overhead()];
    sealing.seal(more, command, body, 0, body.length, sealed, 0);
    return sealed;
  }

  void send(boolean more, boolean command, byte[] body) throws IOException {
    if (cipher.isPresent()) {
      writeFrame(0, seal(more, command, body));
    } else {
      writeFrame((more ? MORE : 0) | (command ? COMMAND : 0), body);
    }
  }

  void sendMessage(byte[]... frames) throws IOException {
    for (int i = 0; i < frames.length; i++) {
      send(i < frames.length - 1, false, frames[i]);
    }
  }

  Frame receive() throws IOException, ZmtpException {
    Frame frame = readFrame();
    if (cipher.isEmpty()) {
      return frame;
    }
    return open(frame.body());
  }

  /** Opens a sealed body, in place. */
  Frame open(byte[] sealed) throws ZmtpException {
    FrameCipher.Opened opened = cipher.orElseThrow().open(sealed, 0, sealed.length);
    byte[] body = Arrays.copyOfRange(sealed, opened.offset(), opened.offset() + opened.length());
    return new Frame((opened.more() ? MORE : 0) | (opened.command() ? COMMAND : 0), body);
  }

  List<byte[]> receiveMessage() throws IOException, ZmtpException {
    List<byte[]> frames = new ArrayList<>();
    boolean more = true;
    while (more) {
      Frame frame = receive();
      if (!frame.isCommand()) {
        frames.add(frame.body());
        more = (frame.flags() & MORE) != 0;
      }
    }
    return frames;
  }

  /** Waits until the other side closes. */
  void awaitEnd() throws IOException {
    while (in.read() >= 0) {}
  }

  @Override
  public void close() throws IOException {
    mechanism.close();
    cipher.ifPresent(FrameCipher::close);
    socket.close();
  }
}
