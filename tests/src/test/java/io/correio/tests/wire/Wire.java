package io.correio.tests.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.tests.broker.Broker;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A socket and the frames of AMQP 0-9-1 (section 2.3.5), without any sense of what may follow what.
 * A test opens and closes it; not thread-safe.
 */
final class Wire implements AutoCloseable {
  static final byte[] HEADER = {'A', 'M', 'Q', 'P', 0, 0, 9, 1};
  static final int METHOD = 1;
  static final int CONTENT_HEADER = 2;
  static final int BODY = 3;
  static final int HEARTBEAT = 8;
  static final int FRAME_END = 0xCE;
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  record Frame(int type, int channel, ByteBuffer content) {
    byte[] payload() {
      byte[] bytes = new byte[content.limit()];
      content.get(0, bytes);
      return bytes;
    }

    int classId() {
      return content.getShort(0) & 0xFFFF;
    }

    int methodId() {
      return content.getShort(2) & 0xFFFF;
    }

    boolean isMethod(int classId, int methodId) {
      return type == METHOD && classId() == classId && methodId() == methodId;
    }
  }

  /** Arguments or fields, written one after the other. */
  static final class Fields {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream data = new DataOutputStream(bytes);

    Fields octet(int value) throws IOException {
      data.writeByte(value);
      return this;
    }

    Fields shortUint(int value) throws IOException {
      data.writeShort(value);
      return this;
    }

    Fields longUint(int value) throws IOException {
      data.writeInt(value);
      return this;
    }

    Fields longlong(long value) throws IOException {
      data.writeLong(value);
      return this;
    }

    Fields shortString(String text) throws IOException {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      data.writeByte(utf8.length);
      data.write(utf8);
      return this;
    }

    Fields longString(String text) throws IOException {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      data.writeInt(utf8.length);
      data.write(utf8);
      return this;
    }

    Fields bytes(byte[] raw) throws IOException {
      data.write(raw);
      return this;
    }

    byte[] toBytes() {
      return bytes.toByteArray();
    }
  }

  Wire(Broker broker) throws IOException {
    socket = new Socket(broker.host(), broker.amqpPort());
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /** A connection that is open, with heartbeats off and the server's limits accepted. */
  static Wire open(Broker broker) throws IOException {
    Wire wire = new Wire(broker);
    wire.send(HEADER);
    wire.expect(0, 10, 10);
    wire.startOk("PLAIN", "\0guest\0guest");
    ByteBuffer tune = wire.expect(0, 10, 30).content();
    wire.tuneOk(tune.getShort(4), tune.getInt(6), 0);
    wire.method(0, 10, 40, new Fields().shortString("/").shortString("").octet(0));
    wire.expect(0, 10, 41);
    return wire;
  }

  void startOk(String mechanism, String response) throws IOException {
    method(
        0,
        10,
        11,
        new Fields().longUint(0).shortString(mechanism).longString(response).shortString("en_US"));
  }

  void tuneOk(int channelMax, int frameMax, int heartbeatSeconds) throws IOException {
    method(
        0,
        10,
        31,
        new Fields().shortUint(channelMax).longUint(frameMax).shortUint(heartbeatSeconds));
  }

  void openChannel(int channel) throws IOException {
    method(channel, 20, 10, new Fields().shortString(""));
    expect(channel, 20, 11);
  }

  /** Declares a server-named exclusive queue. */
  String declareQueue(int channel) throws IOException {
    method(channel, 50, 10, new Fields().shortUint(0).shortString("").octet(0b00100).longUint(0));
    byte[] payload = expect(channel, 50, 11).payload();
    return new String(payload, 5, payload[4] & 0xFF, StandardCharsets.UTF_8);
  }

  void publish(int channel, String routingKey) throws IOException {
    method(
        channel,
        60,
        40,
        new Fields().shortUint(0).shortString("").shortString(routingKey).octet(0));
  }

  void contentHeader(int channel, int classId, long size) throws IOException {
    frame(
        CONTENT_HEADER,
        channel,
        new Fields().shortUint(classId).shortUint(0).longlong(size).shortUint(0).toBytes());
  }

  void method(int channel, int classId, int methodId, Fields arguments) throws IOException {
    frame(
        METHOD,
        channel,
        new Fields().shortUint(classId).shortUint(methodId).bytes(arguments.toBytes()).toBytes());
  }

  void frame(int type, int channel, byte[] payload) throws IOException {
    send(
        new Fields()
            .octet(type)
            .shortUint(channel)
            .longUint(payload.length)
            .bytes(payload)
            .octet(FRAME_END)
            .toBytes());
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  byte[] read(int length) throws IOException {
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    return bytes;
  }

  /** The next frame that is not a heartbeat. */
  Frame next() throws IOException {
    Frame frame = nextOfAnyKind();
    while (frame.type() == HEARTBEAT) {
      frame = nextOfAnyKind();
    }
    return frame;
  }

  Frame nextOfAnyKind() throws IOException {
    int type = in.readUnsignedByte();
    int channel = in.readUnsignedShort();
    byte[] payload = read(in.readInt());
    assertThat(in.readUnsignedByte()).as("frame end").isEqualTo(FRAME_END);
    return new Frame(type, channel, ByteBuffer.wrap(payload));
  }

  Frame expect(int channel, int classId, int methodId) throws IOException {
    Frame frame = next();
    assertThat(frame.isMethod(classId, methodId))
        .as("%d.%d wanted, got %s", classId, methodId, describe(frame))
        .isTrue();
    assertThat(frame.channel()).isEqualTo(channel);
    return frame;
  }

  /** Expects connection.close with one of {@code codes}, answers it, and expects the end. */
  void expectConnectionClose(Integer... codes) throws IOException {
    Frame close = expect(0, 10, 50);
    assertThat(codes).as(describe(close)).contains((int) close.content().getShort(4));
    try {
      method(0, 10, 51, new Fields());
    } catch (SocketException e) {
      return; // closed by the broker already
    }
    expectEnd();
  }

  /** Expects channel.close with {@code code} and answers it. */
  void expectChannelClose(int channel, int code) throws IOException {
    Frame close = expect(channel, 20, 40);
    assertThat((int) close.content().getShort(4)).as(describe(close)).isEqualTo(code);
    method(channel, 20, 41, new Fields());
  }

  /** Expects that the broker closes the socket, having sent nothing more. */
  void expectEnd() throws IOException {
    try {
      assertThat(in.read()).as("end of stream").isEqualTo(-1);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
  }

  /** Expects that the login fails in either of the ways that clients know. */
  void expectEndOrConnectionClose() throws IOException {
    try {
      Frame frame = next();
      assertThat(frame.isMethod(10, 50)).as(describe(frame)).isTrue();
    } catch (EOFException | SocketException e) {
      assertThat(socket.isConnected()).isTrue();
    }
  }

  /** Expects the end of the stream, after any number of heartbeats. */
  void expectEndAfterHeartbeats() throws IOException {
    try {
      while (true) {
        Frame frame = nextOfAnyKind();
        assertThat(frame.type()).as(describe(frame)).isEqualTo(HEARTBEAT);
      }
    } catch (EOFException | SocketException e) {
      assertThat(socket.isConnected()).isTrue();
    }
  }

  private static String describe(Frame frame) {
    String text =
        new String(frame.payload(), StandardCharsets.ISO_8859_1).replaceAll("[^ -~]", ".");
    return "frame of type "
        + frame.type()
        + " on channel "
        + frame.channel()
        + ": "
        + Arrays.toString(Arrays.copyOf(frame.payload(), Math.min(6, frame.payload().length)))
        + " "
        + text;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
