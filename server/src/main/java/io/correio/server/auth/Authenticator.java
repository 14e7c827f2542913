package io.correio.server.auth;

import io.correio.core.identity.User;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks logins. The slow hash runs on virtual threads named {@code work-login}, few at a time;
 * what was right a moment ago is recognized by a fast keyed hash, so that a thousand clients that
 * come back at once do not keep the cores busy. Passwords are not kept. Thread-safe; nobody closes
 * it.
 */
public final class Authenticator {

  /**
   * Limits.
   *
   * @param loopbackUsers users who may log in from this machine only
   * @param iterations rounds that a check of an unknown user takes, as many as those of most users
   * @param parallel checks at once
   * @param waiting logins that may wait for their check
   * @param remembered right logins that are recognized again
   */
  public record Options(
      Set<String> loopbackUsers, int iterations, int parallel, int waiting, int remembered) {}

  private static final Logger LOG = LoggerFactory.getLogger(Authenticator.class);
  private static final String MAC = "HmacSHA256";

  private final Function<String, @Nullable User> users;
  private final Options options;
  private final Semaphore parallel;
  private final AtomicInteger waiting = new AtomicInteger();
  private final SecretKeySpec key;
  private final Map<String, Boolean> remembered;
  // Checked when there is no such user, so that the time tells nothing. Made when first needed.
  private volatile @Nullable String decoy;

  /**
   * Creates an authenticator.
   *
   * @param users the user of a name at this moment, or null
   */
  public Authenticator(Function<String, @Nullable User> users, Options options) {
    this.users = users;
    this.options = options;
    this.parallel = new Semaphore(options.parallel(), true);
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    this.key = new SecretKeySpec(random, MAC);
    this.remembered =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > options.remembered();
          }
        };
  }

  /**
   * Checks a login. Never blocks.
   *
   * @param password not changed, and not kept after the callback
   * @param loopback whether the peer is on this machine
   * @param callback called once with the result, at once or later, on any thread; must not block. A
   *     {@link LoginCallback} that has lost interest is told BUSY, without a check
   */
  public void authenticate(
      String user, byte[] password, boolean loopback, Consumer<AuthResult> callback) {
    if (!loopback && options.loopbackUsers().contains(user)) {
      callback.accept(AuthResult.LOOPBACK_ONLY);
      return;
    }
    User known = users.apply(user);
    String credential = known == null ? "" : known.credential();
    if (!credential.isEmpty() && isRemembered(fingerprint(credential, password))) {
      callback.accept(AuthResult.ACCEPTED);
      return;
    }
    if (waiting.incrementAndGet() > options.waiting() + options.parallel()) {
      waiting.decrementAndGet();
      callback.accept(AuthResult.BUSY);
      return;
    }
    Thread.ofVirtual()
        .name("work-login")
        .start(() -> {
          try {
            callback.accept(check(credential, password, callback));
          } finally {
            waiting.decrementAndGet();
          }
        });
  }

  private AuthResult check(String credential, byte[] password, Consumer<AuthResult> callback) {
    try {
      parallel.acquireUninterruptibly();
      try {
        if (callback instanceof LoginCallback login && !login.isAwaited()) {
          return AuthResult.BUSY;
        }
        // Whoever waited may be one of many with the same login.
        if (!credential.isEmpty() && isRemembered(fingerprint(credential, password))) {
          return AuthResult.ACCEPTED;
        }
        if (credential.isEmpty()) {
          PasswordHash.verify(password, decoy());
          return AuthResult.WRONG;
        }
        if (!PasswordHash.verify(password, credential)) {
          return AuthResult.WRONG;
        }
        remember(fingerprint(credential, password));
        return AuthResult.ACCEPTED;
      } finally {
        parallel.release();
      }
    } catch (RuntimeException e) {
      LOG.error("A login could not be checked", e);
      return AuthResult.WRONG;
    }
  }

  private String decoy() {
    String made = decoy;
    if (made == null) {
      made = PasswordHash.encode("decoy".getBytes(StandardCharsets.UTF_8), options.iterations());
      decoy = made;
    }
    return made;
  }

  private boolean isRemembered(String fingerprint) {
    synchronized (remembered) {
      return remembered.get(fingerprint) != null;
    }
  }

  private void remember(String fingerprint) {
    synchronized (remembered) {
      remembered.put(fingerprint, Boolean.TRUE);
    }
  }

  /** Of credential and password: a new password of the user makes another credential. */
  private String fingerprint(String credential, byte[] password) {
    try {
      Mac mac = Mac.getInstance(MAC);
      mac.init(key);
      mac.update(credential.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0); // occurs in no credential
      return Base64.getEncoder().encodeToString(mac.doFinal(password));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no " + MAC, e);
    }
  }
}
