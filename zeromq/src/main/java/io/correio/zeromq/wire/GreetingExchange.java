package io.correio.zeromq.wire;

import io.correio.zeromq.wire.ZmtpException.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The exchange of greetings, from this side's point of view: takes the peer's octets in pieces of
 * any size, and says what has to be sent (RFC 37, "Version Negotiation"; RFC 15 for 2.0). Owned by
 * whoever runs the connection; holds nothing that has to be closed.
 *
 * <pre>
 *  octet 0        9  10     11     12          32         33       63
 *       +-----------+------+------+-----------+-----------+--------+
 *  3.x  | signature | 3    | minor| mechanism | as-server | filler |
 *       | ff … 7f   |      |      | 20        | 1         | 31     |
 *       +-----------+------+------+-----------+-----------+--------+
 *  2.0  | signature | 1    | type | 0 length identity             |
 *       +-----------+------+------+---------------------------------+
 *
 *  at once: signature      10 octets came: major      major came: the rest, by its value
 * </pre>
 *
 * A peer that waits for more than the signature before it says its version, or sends all at once,
 * is served alike. Octets 1 to 8 of a signature mean nothing. 1.0 and unversioned peers are
 * refused.
 */
public final class GreetingExchange {
  private static final int SIGNATURE_LENGTH = 10;
  private static final int LENGTH_3 = 64;
  private static final int MECHANISM_AT = 12;
  private static final int AS_SERVER_AT = 32;
  private static final int TYPE_AT = 11;
  private static final int FLAG_LONG = 2;

  private enum State {
    SIGNATURE,
    MAJOR,
    REST_3,
    TYPE_2,
    IDENTITY_2,
    DONE
  }

  private final GreetingOffer offer;
  private final byte[] received = new byte[2 * LENGTH_3 + 256];
  private final ByteArrayOutputStream due = new ByteArrayOutputStream();
  private int length;
  private int identityAt;
  private State state = State.SIGNATURE;
  private boolean majorSent;
  private Greeting greeting = new Greeting(ZmtpVersion.V3_1, 0, 0, "", false, Metadata.EMPTY);

  /** Begins an exchange; the signature is due at once. */
  public GreetingExchange(GreetingOffer offer) {
    this.offer = offer;
    due.write(0xff);
    // libzmq 2 reads a length here, of an identity of no octets.
    due.writeBytes(new byte[] {0, 0, 0, 0, 0, 0, 0, 1});
    due.write(0x7f);
  }

  /** What has to be sent now, each octet once; may be empty. */
  public byte[] takeOutput() {
    byte[] taken = due.toByteArray();
    due.reset();
    return taken;
  }

  /**
   * Takes from a buffer what belongs to the greeting and leaves the rest. Ask {@link #takeOutput}
   * after each call.
   *
   * @throws ZmtpException if the peer is none of ours: not ZMTP, a version or a mechanism that was
   *     not offered. What {@link #takeOutput} has may still be sent before closing
   */
  public void consume(ByteBuffer source) throws ZmtpException {
    while (state != State.DONE && source.hasRemaining()) {
      received[length++] = source.get();
      step();
    }
  }

  /** Whether the peer's greeting is complete. */
  public boolean isComplete() {
    return state == State.DONE;
  }

  /**
   * What was agreed.
   *
   * @throws IllegalStateException before the exchange is complete
   */
  public Greeting greeting() {
    if (!isComplete()) {
      throw new IllegalStateException("the greeting is not complete: ask isComplete first");
    }
    return greeting;
  }

  private void step() throws ZmtpException {
    switch (state) {
      case SIGNATURE -> readSignature();
      case MAJOR -> readMajor();
      case REST_3 -> readRest3();
      case TYPE_2 -> readType2();
      case IDENTITY_2 -> readIdentity2();
      case DONE -> throw new IllegalStateException("the greeting is complete");
    }
  }

  private void readSignature() throws ZmtpException {
    if (length == 1 && received[0] != (byte) 0xff) {
      throw new ZmtpException(
          Kind.VERSION,
          "the peer does not begin as ZMTP 2.0 or later does: it is an unversioned ZeroMQ 2.x, or"
              + " no ZeroMQ; check the port, or update the peer");
    }
    if (length == SIGNATURE_LENGTH) {
      // The last bit tells a signature from the flags of an unversioned peer's identity frame.
      if ((received[SIGNATURE_LENGTH - 1] & 1) == 0) {
        throw new ZmtpException(
            Kind.VERSION, "the peer is an unversioned ZeroMQ 2.x: update it to 3.2 or later");
      }
      sendMajor();
      state = State.MAJOR;
    }
  }

  private void sendMajor() {
    if (!majorSent) {
      majorSent = true;
      due.write(offer.highest().major());
    }
  }

  private void readMajor() throws ZmtpException {
    int major = received[SIGNATURE_LENGTH] & 0xff;
    if (major == 0) {
      throw new ZmtpException(
          Kind.VERSION, "the peer speaks ZMTP 1.0: update it to ZeroMQ 3.2 or later");
    }
    if (major < 3 || !offer.highest().hasMechanisms()) {
      allow(ZmtpVersion.V2_0, major, 0);
      sendRest2();
      state = State.TYPE_2;
    } else {
      sendRest3();
      state = State.REST_3;
    }
  }

  private void allow(ZmtpVersion version, int major, int minor) throws ZmtpException {
    ZmtpVersion lowest = offer.lowest();
    if (version == ZmtpVersion.V2_0 && !offer.mechanism().equals("NULL")) {
      throw new ZmtpException(
          Kind.VERSION,
          "the peer speaks ZMTP 2.0, which has no security, and this socket demands %s: update the"
                  .formatted(offer.mechanism())
              + " peer to ZeroMQ 4");
    }
    if (version.compareTo(lowest) < 0) {
      throw new ZmtpException(
          Kind.VERSION,
          "the peer speaks ZMTP %d.%d and this socket accepts %s or later"
              .formatted(major == 1 ? 2 : major, minor, lowest));
    }
  }

  private void sendRest3() {
    byte[] rest = new byte[LENGTH_3 - TYPE_AT];
    rest[0] = (byte) offer.highest().minor();
    byte[] mechanism = offer.mechanism().getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(mechanism, 0, rest, MECHANISM_AT - TYPE_AT, mechanism.length);
    // RFC 37: without roles the field is zero.
    boolean asServer = offer.asServer() && !offer.mechanism().equals("NULL");
    rest[AS_SERVER_AT - TYPE_AT] = (byte) (asServer ? 1 : 0);
    due.writeBytes(rest);
  }

  private void readRest3() throws ZmtpException {
    if (length < LENGTH_3) {
      return;
    }
    int major = received[SIGNATURE_LENGTH] & 0xff;
    int minor = received[SIGNATURE_LENGTH + 1] & 0xff;
    boolean atLeast31 = major > 3 || minor > 0;
    ZmtpVersion spoken =
        atLeast31 && offer.highest() == ZmtpVersion.V3_1 ? ZmtpVersion.V3_1 : ZmtpVersion.V3_0;
    allow(spoken, major, minor);
    byte[] ours =
        Arrays.copyOf(
            offer.mechanism().getBytes(StandardCharsets.US_ASCII), AS_SERVER_AT - MECHANISM_AT);
    byte[] theirs = Arrays.copyOfRange(received, MECHANISM_AT, AS_SERVER_AT);
    if (!Arrays.equals(ours, theirs)) {
      throw new ZmtpException(
          Kind.MECHANISM,
          "the peer demands the security mechanism '%s' and this socket '%s': configure both alike"
              .formatted(printable(theirs), offer.mechanism()));
    }
    boolean roles = !offer.mechanism().equals("NULL");
    boolean peerIsServer = roles && (received[AS_SERVER_AT] & 1) == 1;
    if (peerIsServer && offer.asServer()) {
      throw new ZmtpException(
          Kind.MECHANISM,
          "both sides are the server of %s: configure one of them as its client"
              .formatted(offer.mechanism()));
    }
    finish(new Greeting(spoken, major, minor, offer.mechanism(), peerIsServer, Metadata.EMPTY));
  }

  private static String printable(byte[] name) {
    StringBuilder text = new StringBuilder();
    for (byte octet : name) {
      if (octet != 0) {
        text.append(octet >= 0x20 && octet < 0x7f ? (char) octet : '?');
      }
    }
    return text.toString();
  }

  private void sendRest2() throws ZmtpException {
    int type = LegacySocketType.code(offer.socketType());
    if (type < 0) {
      throw new ZmtpException(
          Kind.VERSION,
          "the peer speaks ZMTP 2.0, which has no socket type %s: update the peer"
              .formatted(offer.socketType()));
    }
    due.write(type);
    due.write(0);
    due.write(offer.identity().length);
    due.writeBytes(offer.identity());
  }

  private void readType2() throws ZmtpException {
    int code = received[TYPE_AT] & 0xff;
    if (LegacySocketType.name(code) == null) {
      throw new ZmtpException(
          Kind.MALFORMED,
          "the peer's greeting names socket type %d, which is none".formatted(code));
    }
    identityAt = length;
    state = State.IDENTITY_2;
  }

  /** The identity is a frame: flags, a length of one octet or eight, then as many octets. */
  private void readIdentity2() throws ZmtpException {
    int flags = received[identityAt];
    if (flags != 0 && flags != FLAG_LONG) {
      throw new ZmtpException(
          Kind.MALFORMED, "the peer's identity frame has flags %d".formatted(flags & 0xff));
    }
    int lengthAt = identityAt + 1;
    int bodyAt = flags == 0 ? lengthAt + 1 : lengthAt + 8;
    if (length < bodyAt) {
      return;
    }
    for (int i = lengthAt; i < bodyAt - 1; i++) {
      if (received[i] != 0) {
        throw new ZmtpException(
            Kind.TOO_LARGE, "the peer's identity has more than the 255 octets that are allowed");
      }
    }
    int bodyLength = received[bodyAt - 1] & 0xff;
    if (length < bodyAt + bodyLength) {
      return;
    }
    String type = String.valueOf(LegacySocketType.name(received[TYPE_AT] & 0xff));
    Metadata metadata =
        Metadata.EMPTY
            .with(Metadata.SOCKET_TYPE, type)
            .with(Metadata.IDENTITY, Arrays.copyOfRange(received, bodyAt, bodyAt + bodyLength));
    finish(
        new Greeting(
            ZmtpVersion.V2_0, received[SIGNATURE_LENGTH] & 0xff, 0, "NULL", false, metadata));
  }

  private void finish(Greeting agreed) {
    greeting = agreed;
    state = State.DONE;
  }
}
