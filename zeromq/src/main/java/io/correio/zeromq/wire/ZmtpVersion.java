package io.correio.zeromq.wire;

/** The versions of ZMTP that are spoken here, in rising order. */
public enum ZmtpVersion {
  /** RFC 15 (libzmq 3.2): no mechanism, an identity frame after the greeting. */
  V2_0(1, 0),
  /** RFC 23 (libzmq 4.0 to 4.2): mechanisms and metadata; subscriptions are messages. */
  V3_0(3, 0),
  /** RFC 37 (libzmq 4.3): subscriptions are commands; heartbeats. */
  V3_1(3, 1);

  private final int major;
  private final int minor;

  ZmtpVersion(int major, int minor) {
    this.major = major;
    this.minor = minor;
  }

  /** The eleventh octet of the greeting: 3, or the "revision" 1 of RFC 15. */
  public int major() {
    return major;
  }

  /** The twelfth octet of the greeting from 3.0 on. */
  public int minor() {
    return minor;
  }

  /** Whether a mechanism's handshake follows the greeting. */
  public boolean hasMechanisms() {
    return major >= 3;
  }

  /** Whether SUBSCRIBE and CANCEL may be sent as commands; otherwise they are messages. */
  public boolean hasSubscriptionCommands() {
    return this == V3_1;
  }

  /** Whether PING may be sent. */
  public boolean hasHeartbeats() {
    return this == V3_1;
  }
}
