package io.correio.zeromq.security;

/**
 * Why a handshake was refused.
 *
 * @param byPeer whether the peer said so, by an ERROR; otherwise it was this side's authenticator
 * @param statusCode the status of ZAP: 300, 400 or 500; 0 if the peer gave another reason
 * @param reason the reason as text, printable
 */
public record Refusal(boolean byPeer, int statusCode, String reason) {
  /** Whether the same credentials may succeed soon, so that a client should simply try again. */
  public boolean isTemporary() {
    return statusCode == ZapReply.TEMPORARY;
  }

  /** The refusal that a peer's ERROR stands for: libzmq puts the status of ZAP into its reason. */
  static Refusal ofPeer(String reason) {
    int code =
        switch (reason) {
          case "300" -> ZapReply.TEMPORARY;
          case "400" -> ZapReply.DENIED;
          case "500" -> ZapReply.FAILED;
          default -> 0;
        };
    return new Refusal(true, code, reason);
  }
}
