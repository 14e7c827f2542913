package io.correio.zeromq.security;

import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The answer to a {@link ZapRequest} (RFC 27).
 *
 * <pre>
 *   frames: "1.0" | request id | "200" | status text | user id | metadata
 * </pre>
 *
 * @param requestId the request's
 * @param statusCode {@link #OK}, {@link #TEMPORARY}, {@link #DENIED} or {@link #FAILED}
 * @param statusText for logs; the peer never sees it
 * @param userId who the peer is; empty unless 200
 * @param metadata what else is known of the peer; empty unless 200
 */
public record ZapReply(
    String requestId, int statusCode, String statusText, String userId, Metadata metadata) {
  /** The peer is let in. */
  public static final int OK = 200;

  /** Not now: the peer is disconnected without a word and will try again. */
  public static final int TEMPORARY = 300;

  /** The credentials are wrong. */
  public static final int DENIED = 400;

  /** The authenticator could not decide. */
  public static final int FAILED = 500;

  private static final int FRAMES = 6;
  private static final int TEXT_LENGTH_MAX = 255;

  /** Checks the status and its consistency. */
  public ZapReply {
    if (statusCode != OK
        && statusCode != TEMPORARY
        && statusCode != DENIED
        && statusCode != FAILED) {
      throw new IllegalArgumentException(
          "ZAP status %d: use 200, 300, 400 or 500".formatted(statusCode));
    }
    if (statusCode != OK) {
      userId = "";
      metadata = Metadata.EMPTY;
    }
  }

  /** Lets the peer in, as a user. */
  public static ZapReply accept(ZapRequest request, String userId) {
    return new ZapReply(request.requestId(), OK, "OK", userId, Metadata.EMPTY);
  }

  /** Refuses the credentials. */
  public static ZapReply deny(ZapRequest request, String statusText) {
    return new ZapReply(request.requestId(), DENIED, statusText, "", Metadata.EMPTY);
  }

  /** Refuses for now. */
  public static ZapReply tryAgain(ZapRequest request, String statusText) {
    return new ZapReply(request.requestId(), TEMPORARY, statusText, "", Metadata.EMPTY);
  }

  /** Says that no decision was possible. */
  public static ZapReply fail(ZapRequest request, String statusText) {
    return new ZapReply(request.requestId(), FAILED, statusText, "", Metadata.EMPTY);
  }

  /** The frames of the reply, without the empty delimiter of REP. */
  public List<byte[]> encode() {
    return List.of(
        octets(ZapRequest.VERSION),
        octets(requestId),
        octets(Integer.toString(statusCode)),
        octets(statusText),
        octets(userId),
        metadata.encode());
  }

  /**
   * Reads the frames of a reply.
   *
   * @throws ZmtpException if they are none
   */
  public static ZapReply decode(List<byte[]> frames) throws ZmtpException {
    if (frames.size() != FRAMES) {
      throw malformed("has %d frames in place of %d".formatted(frames.size(), FRAMES));
    }
    if (!text(frames.get(0)).equals(ZapRequest.VERSION)) {
      throw malformed("is not of version " + ZapRequest.VERSION);
    }
    for (byte[] frame : frames.subList(1, FRAMES - 1)) {
      if (frame.length > TEXT_LENGTH_MAX) {
        throw malformed("has a frame of more than %d octets".formatted(TEXT_LENGTH_MAX));
      }
    }
    int status =
        switch (text(frames.get(2))) {
          case "200" -> OK;
          case "300" -> TEMPORARY;
          case "400" -> DENIED;
          case "500" -> FAILED;
          default -> throw malformed("has a status other than 200, 300, 400 and 500");
        };
    byte[] metadata = frames.get(5);
    return new ZapReply(
        text(frames.get(1)),
        status,
        text(frames.get(3)),
        text(frames.get(4)),
        Metadata.decode(metadata, 0, metadata.length));
  }

  private static ZmtpException malformed(String what) {
    return new ZmtpException(ZmtpException.Kind.MALFORMED, "the ZAP handler's reply " + what);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] octets) {
    return new String(octets, StandardCharsets.UTF_8);
  }
}
