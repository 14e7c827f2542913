package io.correio.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.identity.Identities;
import io.correio.core.identity.User;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramExchangeTest {

  private static final int ROUNDS = 10;
  private static final byte[] SECRET = "a secret of this server".getBytes(UTF_8);

  private Identities identities =
      Identities.EMPTY
          .with(user("ana", "pencil"))
          .with(user("a=b,c", "pencil"))
          .with(user("guest", "pencil"))
          .with(new User("locked", "", Set.of()));

  private static User user(String name, String password) {
    return new User(name, PasswordHash.encode(password.getBytes(UTF_8), ROUNDS, true), Set.of());
  }

  private SaslMechanisms mechanisms() {
    return new SaslMechanisms(
        new SaslMechanisms.Options(
            List.of("SCRAM-SHA-512", "SCRAM-SHA-256"),
            Set.of("guest"),
            ROUNDS,
            CertificateUser.COMMON_NAME),
        () -> identities,
        SECRET);
  }

  private ScramExchange exchange(ScramHash hash, boolean loopback) {
    ScramExchange exchange = mechanisms().exchange(hash.mechanism(), loopback);
    assertThat(exchange).isNotNull();
    return exchange;
  }

  private static ScramExchange.Step say(ScramExchange exchange, String message) {
    return exchange.respond(message.getBytes(UTF_8));
  }

  private static String challenge(ScramExchange.Step step) {
    assertThat(step).isInstanceOf(ScramExchange.Challenge.class);
    return new String(((ScramExchange.Challenge) step).message(), UTF_8);
  }

  private static String attribute(String message, String name) {
    for (String attribute : message.split(",", -1)) {
      if (attribute.startsWith(name)) {
        return attribute.substring(2);
      }
    }
    throw new AssertionError(message);
  }

  /** A client's last message, computed with the JDK alone. */
  private static String proof(ScramHash hash, String bare, String serverFirst, String password)
      throws GeneralSecurityException {
    String name = hash == ScramHash.SHA_256 ? "256" : "512";
    String withoutProof = "c=biws,r=" + attribute(serverFirst, "r=");
    byte[] salted =
        SecretKeyFactory.getInstance("PBKDF2WithHmacSHA" + name)
            .generateSecret(
                new PBEKeySpec(
                    password.toCharArray(),
                    Base64.getDecoder().decode(attribute(serverFirst, "s=")),
                    Integer.parseInt(attribute(serverFirst, "i=")),
                    Integer.parseInt(name)))
            .getEncoded();
    byte[] clientKey = hmac(name, salted, "Client Key");
    byte[] stored = MessageDigest.getInstance("SHA-" + name).digest(clientKey);
    byte[] signature = hmac(name, stored, bare + "," + serverFirst + "," + withoutProof);
    for (int i = 0; i < clientKey.length; i++) {
      clientKey[i] ^= signature[i];
    }
    return withoutProof + ",p=" + Base64.getEncoder().encodeToString(clientKey);
  }

  private static byte[] hmac(String name, byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA" + name);
    mac.init(new SecretKeySpec(key, "HmacSHA" + name));
    return mac.doFinal(text.getBytes(UTF_8));
  }

  private ScramExchange.Step login(ScramHash hash, String user, String password, boolean loopback)
      throws GeneralSecurityException {
    ScramExchange exchange = exchange(hash, loopback);
    String bare = "n=" + user + ",r=abc";
    String first = challenge(say(exchange, "n,," + bare));
    return say(exchange, proof(hash, bare, first, password));
  }

  @Test
  void example_of_rfc_7677_is_met() {
    byte[] salt = Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ==");
    byte[] salted = ScramHash.SHA_256.saltedPassword("pencil".toCharArray(), salt, 4_096);
    ScramKeys keys = ScramKeys.of(ScramHash.SHA_256, 4_096, salt, salted);
    ScramExchange exchange =
        new ScramExchange(
            ScramHash.SHA_256,
            name -> new ScramExchange.Known(keys, null),
            "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    assertThat(challenge(say(exchange, "n,,n=user,r=rOprNGfwEbeRWgbNEkqO")))
        .isEqualTo(
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    ScramExchange.Step last =
        say(
            exchange,
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    assertThat(last).isInstanceOf(ScramExchange.Accepted.class);
    ScramExchange.Accepted accepted = (ScramExchange.Accepted) last;
    assertThat(accepted.user()).isEqualTo("user");
    assertThat(new String(accepted.message(), UTF_8))
        .isEqualTo("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  }

  @ParameterizedTest
  @EnumSource(ScramHash.class)
  void right_password_is_accepted_and_every_other_one_refused(ScramHash hash) throws Exception {
    assertThat(login(hash, "ana", "pencil", false)).isInstanceOf(ScramExchange.Accepted.class);
    assertThat(login(hash, "a=3Db=2Cc", "pencil", false))
        .isInstanceOf(ScramExchange.Accepted.class);
    assertThat(login(hash, "ana", "pen", false)).isInstanceOf(ScramExchange.Refused.class);
    assertThat(login(hash, "nobody", "pencil", false)).isInstanceOf(ScramExchange.Refused.class);
    assertThat(login(hash, "locked", "pencil", false)).isInstanceOf(ScramExchange.Refused.class);
  }

  @Test
  void loopback_user_is_refused_from_elsewhere_at_the_end_only() throws Exception {
    assertThat(login(ScramHash.SHA_256, "guest", "pencil", true))
        .isInstanceOf(ScramExchange.Accepted.class);
    assertThat(login(ScramHash.SHA_256, "guest", "pencil", false))
        .isInstanceOf(ScramExchange.Refused.class);
  }

  @Test
  void user_who_does_not_exist_gets_answers_of_the_same_form_and_always_the_same_salt() {
    String known = challenge(say(exchange(ScramHash.SHA_256, false), "n,,n=ana,r=abc"));
    String unknown = challenge(say(exchange(ScramHash.SHA_256, false), "n,,n=nobody,r=abc"));
    String again = challenge(say(exchange(ScramHash.SHA_256, false), "n,,n=nobody,r=abc"));
    String other = challenge(say(exchange(ScramHash.SHA_256, false), "n,,n=nobody2,r=abc"));
    assertThat(unknown).hasSameSizeAs(known);
    assertThat(attribute(unknown, "i=")).isEqualTo(attribute(known, "i="));
    assertThat(attribute(again, "s=")).isEqualTo(attribute(unknown, "s="));
    assertThat(attribute(other, "s=")).isNotEqualTo(attribute(unknown, "s="));
  }

  @Test
  void recorded_login_cannot_be_replayed() throws Exception {
    ScramExchange recorded = exchange(ScramHash.SHA_256, false);
    String first = challenge(say(recorded, "n,,n=ana,r=abc"));
    String last = proof(ScramHash.SHA_256, "n=ana,r=abc", first, "pencil");
    assertThat(say(recorded, last)).isInstanceOf(ScramExchange.Accepted.class);
    assertThat(say(recorded, last)).isInstanceOf(ScramExchange.Refused.class);
    ScramExchange fresh = exchange(ScramHash.SHA_256, false);
    assertThat(challenge(say(fresh, "n,,n=ana,r=abc"))).isNotEqualTo(first);
    assertThat(say(fresh, last)).isInstanceOf(ScramExchange.Refused.class);
  }

  @Test
  void wrong_proof_ends_the_exchange() throws Exception {
    ScramExchange exchange = exchange(ScramHash.SHA_256, false);
    String first = challenge(say(exchange, "n,,n=ana,r=abc"));
    String right = proof(ScramHash.SHA_256, "n=ana,r=abc", first, "pencil");
    String wrong = right.substring(0, right.length() - 4) + "AAA=";
    assertThat(say(exchange, wrong)).isInstanceOf(ScramExchange.Refused.class);
    assertThat(say(exchange, right)).isInstanceOf(ScramExchange.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "n",
        "n,",
        "n,,",
        "n,,n=ana",
        "n,,n=ana,r=",
        "n,,n=,r=abc",
        "n,,n=a=na,r=abc",
        "n,,r=abc,n=ana",
        "n,,m=required,n=ana,r=abc",
        "n,a=root,n=ana,r=abc",
        "p=tls-exporter,,n=ana,r=abc",
        "n,,n=ana,r=a\u0007c",
        "\u0000ana\u0000pencil"
      })
  void malformed_first_message_is_refused(String message) {
    assertThat(say(exchange(ScramHash.SHA_256, false), message))
        .isInstanceOf(ScramExchange.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "p=",
        ",p=",
        "c=biws,p=AAAA",
        "c=biws,r=%s,p=",
        "c=biws,r=%s,p=!!",
        "c=biws,r=%s,p=AAAA",
        "c=eSws,r=%s,p=AAAA",
        "c=!,r=%s,p=AAAA",
        "r=%s,c=biws,p=AAAA"
      })
  void malformed_last_message_is_refused(String message) {
    ScramExchange exchange = exchange(ScramHash.SHA_256, false);
    String first = challenge(say(exchange, "n,,n=ana,r=abc"));
    assertThat(say(exchange, message.replace("%s", attribute(first, "r="))))
        .isInstanceOf(ScramExchange.Refused.class);
  }

  @Test
  void messages_that_are_too_long_or_no_text_are_refused() {
    assertThat(say(exchange(ScramHash.SHA_256, false), "n,,n=" + "a".repeat(5_000) + ",r=abc"))
        .isInstanceOf(ScramExchange.Refused.class);
    assertThat(exchange(ScramHash.SHA_256, false).respond(new byte[] {'n', ',', ',', -1}))
        .isInstanceOf(ScramExchange.Refused.class);
  }

  @Test
  void sha_512_is_offered_only_when_everybody_has_its_keys() {
    assertThat(mechanisms().offered(null)).containsExactly("SCRAM-SHA-512", "SCRAM-SHA-256");
    identities =
        identities.with(
            new User("old", PasswordHash.encode("x".getBytes(UTF_8), ROUNDS), Set.of()));
    assertThat(mechanisms().offered(null)).containsExactly("SCRAM-SHA-256");
  }

  @Test
  void credential_of_an_earlier_version_serves_sha_256() throws Exception {
    identities =
        identities.with(
            new User(
                "old",
                // PBKDF2-HMAC-SHA256, password "password", salt "salt", 1 round
                "pbkdf2-sha256$1$c2FsdA==$Eg+2z/z4syxD5yJSVsT4N6hlSMkszDVICAWYfLcL4Xs=",
                Set.of()));
    assertThat(login(ScramHash.SHA_256, "old", "password", false))
        .isInstanceOf(ScramExchange.Accepted.class);
    assertThat(login(ScramHash.SHA_512, "old", "password", false))
        .isInstanceOf(ScramExchange.Refused.class);
  }

  @Test
  void stored_keys_are_not_enough_to_log_in() {
    String credential = PasswordHash.encode("pencil".getBytes(UTF_8), ROUNDS);
    String asOld = credential.replaceFirst("scram", "pbkdf2-sha256");
    assertThat(PasswordHash.verify("pencil".getBytes(UTF_8), asOld)).isFalse();
    assertThat(PasswordHash.verify("pencil".getBytes(UTF_8), credential)).isTrue();
  }

  @Test
  void password_of_other_spaces_and_forms_is_the_one_that_saslprep_makes_of_it() {
    String credential = PasswordHash.encode("I\u00ADX\u00A0\u2168".getBytes(UTF_8), ROUNDS);
    assertThat(PasswordHash.verify("IX IX".getBytes(UTF_8), credential)).isTrue();
  }
}
