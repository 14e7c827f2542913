package io.correio.zeromq.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;

/**
 * Decides who may connect: the handler of ZAP (RFC 27) without the socket. Called for one request
 * at a time per connection, from any thread, and may block; one that throws has denied with status
 * 500.
 */
@FunctionalInterface
public interface Authenticator {
  /** Decides one request. */
  ZapReply authenticate(ZapRequest request);

  /**
   * Asks an authenticator, so that an answer comes in any case: status 500 where there is none, or
   * it throws.
   */
  static ZapReply ask(Optional<Authenticator> authenticator, ZapRequest request) {
    if (authenticator.isEmpty()) {
      return ZapReply.fail(
          request, "the socket has no authenticator: set one, or clear its ZAP domain");
    }
    try {
      return authenticator.get().authenticate(request);
    } catch (RuntimeException e) {
      return ZapReply.fail(request, "the authenticator failed: " + e);
    }
  }

  /** Lets in, by PLAIN, users who know their password; the user id is the user name. */
  static Authenticator ofPasswords(Map<String, String> passwords) {
    Map<String, String> known = Map.copyOf(passwords);
    return request -> {
      if (!request.mechanism().equals("PLAIN") || request.credentials().size() != 2) {
        return ZapReply.deny(request, "only PLAIN is accepted");
      }
      String user = request.credentialText(0);
      String password = known.get(user);
      boolean right =
          MessageDigest.isEqual(
              String.valueOf(password).getBytes(StandardCharsets.UTF_8),
              request.credentials().get(1));
      return password != null && right
          ? ZapReply.accept(request, user)
          : ZapReply.deny(request, "unknown user or wrong password");
    };
  }

  /**
   * Lets in, by CURVE, clients whose public key is known.
   *
   * @param users user ids by public key in Z85
   */
  static Authenticator ofKeys(Map<String, String> users) {
    Map<String, String> known = Map.copyOf(users);
    return request -> {
      if (!request.mechanism().equals("CURVE") || request.credentials().size() != 1) {
        return ZapReply.deny(request, "only CURVE is accepted");
      }
      String user = known.get(Z85.encode(request.credentials().getFirst()));
      return user == null ? ZapReply.deny(request, "unknown key") : ZapReply.accept(request, user);
    };
  }
}
