package io.correio.zeromq.security;

import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The question whether a peer may connect (RFC 27).
 *
 * <pre>
 *   frames: "1.0" | request id | domain | address | identity | mechanism | credentials …
 *
 *   credentials: none with NULL; user name and password with PLAIN; the client's public
 *   key, 32 octets, with CURVE
 * </pre>
 *
 * @param requestId comes back in the reply
 * @param domain which set of rules applies
 * @param address the peer's address as text, without port
 * @param identity the routing id of the asking socket
 * @param mechanism "NULL", "PLAIN" or "CURVE"
 * @param credentials what the peer showed; contains passwords, so keep it out of logs
 */
@SuppressWarnings("ArrayRecordComponent")
public record ZapRequest(
    String requestId,
    String domain,
    String address,
    byte[] identity,
    String mechanism,
    List<byte[]> credentials) {
  /** The version of ZAP. */
  static final String VERSION = "1.0";

  private static final int FIXED_FRAMES = 6;
  private static final int CREDENTIALS_MAX = 16;
  private static final int FRAME_LENGTH_MAX = 255;

  /** Copies the list. */
  public ZapRequest {
    credentials = List.copyOf(credentials);
  }

  static ZapRequest of(ZapContext context, String mechanism, List<byte[]> credentials) {
    return new ZapRequest(
        "1", context.domain(), context.address(), context.identity(), mechanism, credentials);
  }

  /** A credential as text in UTF-8: with PLAIN, 0 is the user name and 1 the password. */
  public String credentialText(int index) {
    return new String(credentials.get(index), StandardCharsets.UTF_8);
  }

  /** The frames of the request, without the empty delimiter of REQ. */
  public List<byte[]> encode() {
    List<byte[]> frames = new ArrayList<>();
    frames.add(octets(VERSION));
    frames.add(octets(requestId));
    frames.add(octets(domain));
    frames.add(octets(address));
    frames.add(identity);
    frames.add(octets(mechanism));
    frames.addAll(credentials);
    return frames;
  }

  /**
   * Reads the frames of a request.
   *
   * @throws ZmtpException if they are none
   */
  public static ZapRequest decode(List<byte[]> frames) throws ZmtpException {
    if (frames.size() < FIXED_FRAMES || frames.size() > FIXED_FRAMES + CREDENTIALS_MAX) {
      throw malformed(
          "has %d frames in place of %d to %d"
              .formatted(frames.size(), FIXED_FRAMES, FIXED_FRAMES + CREDENTIALS_MAX));
    }
    for (byte[] frame : frames) {
      if (frame.length > FRAME_LENGTH_MAX) {
        throw malformed("has a frame of more than %d octets".formatted(FRAME_LENGTH_MAX));
      }
    }
    if (!text(frames.get(0)).equals(VERSION)) {
      throw malformed("is not of version " + VERSION);
    }
    return new ZapRequest(
        text(frames.get(1)),
        text(frames.get(2)),
        text(frames.get(3)),
        frames.get(4),
        text(frames.get(5)),
        frames.subList(FIXED_FRAMES, frames.size()));
  }

  /** Everything but the credentials. */
  @Override
  public String toString() {
    return "ZapRequest[domain=%s, address=%s, mechanism=%s]".formatted(domain, address, mechanism);
  }

  private static ZmtpException malformed(String what) {
    return new ZmtpException(ZmtpException.Kind.MALFORMED, "the ZAP request " + what);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }
}
