package io.correio.server.front;

import java.security.SecureRandom;
import java.util.Base64;

/** Names that the server chooses: a prefix that clients may not use, and 128 random bits. */
public final class GeneratedNames {
  private static final int RANDOM_BYTES = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private GeneratedNames() {}

  /** A name for a queue: {@code amq.gen-} and 22 characters that are safe in URLs. */
  public static String queue() {
    return "amq.gen-" + random();
  }

  /** A consumer tag: {@code amq.ctag-} and 22 characters. */
  public static String consumerTag() {
    return "amq.ctag-" + random();
  }

  private static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
