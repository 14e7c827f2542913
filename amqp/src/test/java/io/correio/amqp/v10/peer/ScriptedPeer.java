package io.correio.amqp.v10.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The frames of AMQP 1.0 (part 2, section 2.3) over whatever carries bytes, without any sense of
 * what may follow what. Not thread-safe.
 */
public abstract class ScriptedPeer {

  public static final int AMQP = 0;
  public static final int SASL = 1;

  /** One frame; without a body it is empty. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Frame(int type, int channel, @Nullable Composite body, byte[] payload) {

    boolean is(Kind kind) {
      return body != null && body.kind() == kind;
    }

    @Override
    public String toString() {
      return "frame on channel " + channel + ": " + body + " and " + payload.length + " bytes";
    }
  }

  /** The protocol header without a login (part 2, section 2.2). */
  public static byte[] header() {
    return new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
  }

  /** The protocol header of a login (part 5, section 5.3.1). */
  public static byte[] saslHeader() {
    return new byte[] {'A', 'M', 'Q', 'P', 3, 1, 0, 0};
  }

  protected abstract void write(byte[] bytes) throws IOException;

  /** So many bytes; {@link EOFException} when there are none to come. */
  protected abstract byte[] read(int length) throws IOException;

  // ---- frames --------------------------------------------------------------------------------

  public final void send(byte[]... parts) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    write(all.toByteArray());
  }

  public static byte[] frame(int type, int channel, byte[]... parts) {
    int size = 8;
    for (byte[] part : parts) {
      size += part.length;
    }
    ByteBuffer frame = ByteBuffer.allocate(size);
    frame.putInt(size).put((byte) 2).put((byte) type).putShort((short) channel);
    for (byte[] part : parts) {
      frame.put(part);
    }
    return frame.array();
  }

  /** The frame of a performative. */
  public static byte[] frame(int channel, Composite performative, byte[]... payload) {
    return frame(AMQP, channel, Values.encode(performative), Values.encode((Object[]) payload));
  }

  public final void send(int channel, Composite performative, byte[]... payload)
      throws IOException {
    write(frame(channel, performative, payload));
  }

  public final void sendSasl(Composite body) throws IOException {
    write(frame(SASL, 0, Values.encode(body)));
  }

  /** The next frame, which may be empty. */
  public final Frame nextOrEmpty() throws IOException {
    int size = ByteBuffer.wrap(read(4)).getInt();
    assertThat(size).as("size of a frame").isBetween(8, 1 << 20);
    ByteBuffer frame = ByteBuffer.wrap(read(size - 4));
    int offset = 4 * (frame.get() & 0xff);
    assertThat(offset).as("data offset").isGreaterThanOrEqualTo(8);
    int type = frame.get();
    int channel = frame.getShort() & 0xffff;
    frame.position(offset - 4);
    if (!frame.hasRemaining()) {
      return new Frame(type, channel, null, new byte[0]);
    }
    Composite body = (Composite) Values.decode(frame);
    byte[] payload = new byte[frame.remaining()];
    frame.get(payload);
    return new Frame(type, channel, body, payload);
  }

  public final Frame next() throws IOException {
    Frame frame = nextOrEmpty();
    while (frame.body() == null) {
      frame = nextOrEmpty();
    }
    return frame;
  }

  /** The next frame, which has to be of this kind; flows are passed over on the way to others. */
  public final Frame expectFrame(Kind kind) throws IOException {
    Frame frame = next();
    while (frame.is(Kind.FLOW) && kind != Kind.FLOW) {
      frame = next();
    }
    assertThat(frame.is(kind)).as("%s wanted, got %s", kind, frame).isTrue();
    return frame;
  }

  public final Composite expect(Kind kind) throws IOException {
    return Objects.requireNonNull(expectFrame(kind).body());
  }

  /** Expects that nothing more comes and the connection ends. */
  public final void expectEnd() throws IOException {
    byte[] more;
    try {
      more = read(1);
    } catch (EOFException e) {
      return;
    }
    throw new AssertionError("no end, but byte " + Arrays.toString(more));
  }

  // ---- conversations -------------------------------------------------------------------------

  /** The login by PLAIN, and the header after it. */
  public void login(String user, String password) throws IOException {
    send(saslHeader());
    assertThat(read(8)).isEqualTo(saslHeader());
    expect(Kind.SASL_MECHANISMS);
    sendSasl(plain(user, password));
    decideLogin();
    assertThat(expect(Kind.SASL_OUTCOME).number("code")).isZero();
    send(header());
    assertThat(read(8)).isEqualTo(header());
  }

  /** Where somebody has to be moved to check a password. */
  protected void decideLogin() throws IOException {}

  public static Composite plain(String user, String password) {
    return Composite.of(Kind.SASL_INIT)
        .with("mechanism", "PLAIN")
        .with("initial-response", ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8));
  }

  /** Login and open; returns the server's open. */
  public final Composite open(Composite open) throws IOException {
    login("guest", "guest");
    send(0, open);
    return expect(Kind.OPEN);
  }

  public final Composite begin(int channel) throws IOException {
    send(channel, Performatives.begin());
    return expect(Kind.BEGIN);
  }

  /** Attaches a link; returns the answer. */
  public final Composite attach(int channel, Composite attach) throws IOException {
    send(channel, attach);
    Composite answer = expect(Kind.ATTACH);
    assertThat(answer.text("name")).isEqualTo(attach.text("name"));
    return answer;
  }

  /** Attaches a link for sending, and awaits credit. */
  public final void attachSender(int channel, int handle, String address) throws IOException {
    attach(channel, Performatives.sender("sender-" + handle, handle, address));
    Composite flow = expect(Kind.FLOW);
    while (flow.get("handle") == null) {
      flow = expect(Kind.FLOW);
    }
    assertThat(flow.number("link-credit")).isPositive();
  }

  /** Attaches a link for receiving, and gives credit. */
  public final void attachReceiver(int channel, int handle, String address, int credit)
      throws IOException {
    attach(channel, Performatives.receiver("receiver-" + handle, handle, address));
    if (credit > 0) {
      send(channel, Performatives.credit(handle, 0, credit));
    }
  }

  /** Sends a message of one data section, and awaits its acceptance. */
  public final void deliver(int channel, int handle, long deliveryId, String text)
      throws IOException {
    send(channel, Performatives.transfer(handle, deliveryId), message(text));
    Composite outcome = expect(Kind.DISPOSITION);
    assertThat(outcome.part("state").kind()).isEqualTo(Kind.ACCEPTED);
    assertThat(outcome.number("first")).isEqualTo(deliveryId);
  }

  public static byte[] message(String text) {
    return Values.data(text.getBytes(StandardCharsets.UTF_8));
  }

  // ---- ends ----------------------------------------------------------------------------------

  /** Expects close with a condition, answers it, and expects the end. */
  public final Composite expectClose(String condition) throws IOException {
    Composite close = expect(Kind.CLOSE);
    assertCondition(close, condition);
    try {
      send(0, Composite.of(Kind.CLOSE));
    } catch (IOException e) {
      return close; // it did not wait for the answer
    }
    expectEnd();
    return close;
  }

  /** Expects end with a condition, and answers it. */
  public final void expectSessionEnd(int channel, String condition) throws IOException {
    Frame end = expectFrame(Kind.END);
    assertCondition(end.body(), condition);
    send(channel, Composite.of(Kind.END));
  }

  /** Expects detach with a condition, and answers it. */
  public final Composite expectDetach(int channel, int handle, String condition)
      throws IOException {
    Composite detach = expect(Kind.DETACH);
    assertCondition(detach, condition);
    assertThat(detach.isTrue("closed")).as("closed").isTrue();
    send(channel, Performatives.detach(handle, true));
    return detach;
  }

  public static void assertCondition(@Nullable Composite ended, String condition) {
    assertThat(ended).isNotNull();
    assertThat(ended.get("error")).as("%s", ended).isNotNull();
    assertThat(ended.part("error").text("condition")).as("%s", ended).isEqualTo(condition);
    assertThat(ended.part("error").text("description")).as("why").isNotBlank();
  }

  /** An orderly end. */
  public final void closeOrderly() throws IOException {
    send(0, Composite.of(Kind.CLOSE));
    expect(Kind.CLOSE);
    expectEnd();
  }
}
