package io.correio.zeromq.wire;

import java.nio.charset.StandardCharsets;

/**
 * What this side says in its greeting.
 *
 * @param highest the highest version to speak, usually {@link ZmtpVersion#V3_1}
 * @param lowest the lowest version to accept; 2.0 has no security, so it counts as 3.0 unless the
 *     mechanism is NULL
 * @param mechanism the security mechanism: "NULL", "PLAIN" or "CURVE"
 * @param asServer whether this side is the mechanism's server
 * @param socketType the socket type's name on the wire
 * @param identity the routing id to announce to 2.0 peers, at most 255 octets
 */
@SuppressWarnings("ArrayRecordComponent")
public record GreetingOffer(
    ZmtpVersion highest,
    ZmtpVersion lowest,
    String mechanism,
    boolean asServer,
    String socketType,
    byte[] identity) {
  private static final int MECHANISM_LENGTH = 20;

  /** Checks what the wire limits. */
  public GreetingOffer {
    if (mechanism.isEmpty()
        || mechanism.getBytes(StandardCharsets.US_ASCII).length > MECHANISM_LENGTH) {
      throw new IllegalArgumentException(
          "mechanism '%s': a name has 1 to 20 characters".formatted(mechanism));
    }
    if (identity.length > 255) {
      throw new IllegalArgumentException(
          "identity of %d octets: at most 255 are allowed".formatted(identity.length));
    }
    if (lowest.compareTo(highest) > 0) {
      throw new IllegalArgumentException(
          "no version from %s to %s: let the lowest be below the highest"
              .formatted(lowest, highest));
    }
  }

  /** An offer of everything that is spoken here. */
  public static GreetingOffer of(
      String mechanism, boolean asServer, String socketType, byte[] identity) {
    return new GreetingOffer(
        ZmtpVersion.V3_1, ZmtpVersion.V2_0, mechanism, asServer, socketType, identity);
  }
}
