package io.correio.server.auth;

import io.correio.core.identity.Identities;
import io.correio.core.identity.User;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The ways to log in that peers are offered, and those of them that a password check alone does not
 * make: SCRAM and EXTERNAL. Thread-safe; no call blocks.
 */
public final class SaslMechanisms {

  /** User and password as they are (RFC 4616). */
  public static final String PLAIN = "PLAIN";

  /** The same as a table of AMQP 0-9-1. */
  public static final String AMQPLAIN = "AMQPLAIN";

  /** By the certificate shown to TLS (RFC 4422, appendix A). */
  public static final String EXTERNAL = "EXTERNAL";

  /** All that can be offered. */
  public static final List<String> KNOWN =
      List.of(
          PLAIN, AMQPLAIN, ScramHash.SHA_256.mechanism(), ScramHash.SHA_512.mechanism(), EXTERNAL);

  /**
   * What is configured.
   *
   * @param mechanisms names, in the order in which peers are told
   * @param loopbackUsers users who may log in from this machine only
   * @param iterations rounds that users who do not exist seem to have
   * @param certificateUser the part of a client's certificate that names the user
   */
  public record Options(
      List<String> mechanisms,
      Set<String> loopbackUsers,
      int iterations,
      CertificateUser certificateUser) {

    /** Whether passwords set from now on get keys for SCRAM-SHA-512. */
    public boolean storesSha512() {
      return mechanisms.contains(ScramHash.SHA_512.mechanism());
    }
  }

  /** Whether all who can log in have keys of SHA-512, in one snapshot. */
  private record Covered(Identities identities, boolean all) {}

  private final Options options;
  private final Supplier<Identities> identities;
  private final byte[] secret;
  private volatile @Nullable Covered covered;

  /**
   * Creates the offer.
   *
   * @param identities the users at this moment
   * @param secret of this server; the salts of users who do not exist are made of it
   */
  public SaslMechanisms(Options options, Supplier<Identities> identities, byte[] secret) {
    this.options = options;
    this.identities = identities;
    this.secret = secret.clone();
  }

  /** An offer of passwords alone. */
  public static SaslMechanisms ofPasswords() {
    return new SaslMechanisms(
        new Options(List.of(PLAIN, AMQPLAIN), Set.of(), 1, CertificateUser.COMMON_NAME),
        () -> Identities.EMPTY,
        LoginSecret.random());
  }

  /**
   * The mechanisms that a peer may choose from. EXTERNAL is among them when it has shown a
   * certificate; SCRAM-SHA-512 when every password here was set while that was configured, for a
   * peer that finds it offered takes it.
   */
  public List<String> offered(@Nullable X509Certificate certificate) {
    List<String> offered = new ArrayList<>(options.mechanisms());
    if (certificate == null) {
      offered.remove(EXTERNAL);
    }
    if (offered.contains(ScramHash.SHA_512.mechanism()) && !allHaveSha512()) {
      offered.remove(ScramHash.SHA_512.mechanism());
    }
    return offered;
  }

  private boolean allHaveSha512() {
    Identities now = identities.get();
    Covered last = covered;
    if (last == null || last.identities() != now) {
      boolean[] all = {true};
      now.forEachUser(user ->
          all[0] &=
              user.credential().isEmpty()
                  || PasswordHash.keys(user.credential(), ScramHash.SHA_512) != null);
      last = new Covered(now, all[0]);
      covered = last;
    }
    return last.all();
  }

  /**
   * A login by a mechanism of challenges.
   *
   * @param loopback whether the peer is on this machine
   * @return null when the mechanism is not one
   */
  public @Nullable ScramExchange exchange(String mechanism, boolean loopback) {
    for (ScramHash hash : ScramHash.values()) {
      if (hash.mechanism().equals(mechanism)) {
        return new ScramExchange(hash, name -> lookUp(hash, name, loopback));
      }
    }
    return null;
  }

  private ScramExchange.Known lookUp(ScramHash hash, String name, boolean loopback) {
    User user = identities.get().user(name);
    ScramKeys decoy = ScramKeys.decoy(hash, options.iterations(), secret, name);
    ScramKeys keys = user == null ? null : PasswordHash.keys(user.credential(), hash);
    if (keys == null) {
      return new ScramExchange.Known(decoy, "check user and password");
    }
    return mayComeFrom(name, loopback)
        ? new ScramExchange.Known(keys, null)
        : new ScramExchange.Known(decoy, "this user can only connect from the server's machine");
  }

  private boolean mayComeFrom(String user, boolean loopback) {
    return loopback || !options.loopbackUsers().contains(user);
  }

  /**
   * A login by the certificate that TLS has verified (RFC 4422, appendix A).
   *
   * @param actAs the peer's response: empty, or the user
   * @return what a SCRAM exchange ends with, the message being empty
   */
  public ScramExchange.Step external(
      @Nullable X509Certificate certificate, String actAs, boolean loopback) {
    String user = certificate == null ? null : options.certificateUser().user(certificate);
    if (user == null) {
      return new ScramExchange.Refused(
          "",
          "its certificate has no "
              + options.certificateUser().word()
              + ", which is what names a user here");
    }
    if (!actAs.isEmpty() && !actAs.equals(user)) {
      return new ScramExchange.Refused(user, "nobody may act as somebody else");
    }
    if (identities.get().user(user) == null) {
      return new ScramExchange.Refused(user, "there is no such user; create one without password");
    }
    return mayComeFrom(user, loopback)
        ? new ScramExchange.Accepted(user, new byte[0])
        : new ScramExchange.Refused(user, "this user can only connect from the server's machine");
  }
}
