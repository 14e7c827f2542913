package io.correio.zeromq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A socket's security as it is configured, and the authenticators that come with it. */
final class SecurityTest {
  private static final Metadata METADATA = Metadata.of("PAIR", new byte[0]);
  private static final ZapContext NO_DOMAIN = new ZapContext("", "127.0.0.1", new byte[0]);
  private static final ZapContext DOMAIN = new ZapContext("global", "127.0.0.1", new byte[0]);

  @Test
  void a_password_lets_its_user_in_and_nobody_else() throws ZmtpException {
    Authenticator users = Authenticator.ofPasswords(Map.of("ana", "correct", "null", "null"));
    assertThat(outcome(Security.plain("ana", "correct"), Security.plainServer(), users))
        .isEqualTo("ana");
    for (String[] wrong : new String[][] {{"ana", "guess"}, {"ana", ""}, {"bia", "null"}}) {
      assertThat(outcome(Security.plain(wrong[0], wrong[1]), Security.plainServer(), users))
          .isEqualTo("400");
    }
  }

  @Test
  void a_known_key_lets_its_owner_in_and_nobody_else() throws ZmtpException {
    try (CurveKeyPair server = CurveKeyPair.generate();
        CurveKeyPair known = CurveKeyPair.generate();
        CurveKeyPair unknown = CurveKeyPair.generate()) {
      Authenticator keys = Authenticator.ofKeys(Map.of(known.publicKeyText(), "ana"));
      Security demanded = Security.curveServer(server);
      String key = server.publicKeyText();
      assertThat(outcome(Security.curve(known, key), demanded, keys)).isEqualTo("ana");
      assertThat(outcome(Security.curve(unknown, key), demanded, keys)).isEqualTo("400");
    }
  }

  @Test
  void an_authenticator_of_one_mechanism_denies_the_others() {
    ZapRequest request = ZapRequest.of(DOMAIN, "NULL", List.of());
    assertThat(Authenticator.ofKeys(Map.of()).authenticate(request).statusCode()).isEqualTo(400);
    assertThat(Authenticator.ofPasswords(Map.of()).authenticate(request).statusCode())
        .isEqualTo(400);
  }

  @Test
  void without_an_authenticator_plain_lets_nobody_in() throws ZmtpException {
    Mechanism client = Security.plain("ana", "").begin(METADATA, NO_DOMAIN, false);
    Mechanism server = Security.plainServer().begin(METADATA, NO_DOMAIN, false);
    Handshakes.run(client, server);
    ZapRequest request = server.pendingRequest().orElseThrow();
    server.answer(Authenticator.ask(Optional.empty(), request));
    assertThat(server.refusal().orElseThrow().statusCode()).isEqualTo(500);
    assertThat(server.refusal().orElseThrow().reason()).contains("no authenticator");
  }

  @Test
  void without_an_authenticator_curve_lets_in_who_knows_the_servers_key() throws ZmtpException {
    try (CurveKeyPair server = CurveKeyPair.generate();
        CurveKeyPair any = CurveKeyPair.generate()) {
      Mechanism theirs =
          Security.curve(any, server.publicKeyText()).begin(METADATA, NO_DOMAIN, false);
      Mechanism ours = Security.curveServer(server).begin(METADATA, NO_DOMAIN, false);
      Handshakes.run(theirs, ours);
      assertThat(ours.state()).isEqualTo(Mechanism.State.READY);
      Mechanism strict = Security.curveServer(server).begin(METADATA, DOMAIN, false);
      Handshakes.run(
          Security.curve(any, server.publicKeyText()).begin(METADATA, NO_DOMAIN, false), strict);
      assertThat(strict.state()).isEqualTo(Mechanism.State.AUTHENTICATING);
    }
  }

  @Test
  void null_is_asked_about_where_there_is_a_domain() {
    Security none = Security.none();
    assertThat(none.begin(METADATA, NO_DOMAIN, true).pendingRequest()).isEmpty();
    assertThat(none.begin(METADATA, DOMAIN, true).pendingRequest()).isPresent();
  }

  @Test
  void an_authenticator_that_throws_has_not_let_anybody_in() {
    Authenticator broken =
        request -> {
          throw new IllegalStateException("no database");
        };
    ZapRequest request = ZapRequest.of(DOMAIN, "NULL", List.of());
    ZapReply reply = Authenticator.ask(Optional.of(broken), request);
    assertThat(reply.statusCode()).isEqualTo(500);
    assertThat(reply.statusText()).contains("no database");
  }

  @Test
  void credentials_are_checked_where_they_are_configured_and_not_printed() {
    assertThat(Security.plain("ana", "hidden").toString()).contains("ana").doesNotContain("hidden");
    assertThatThrownBy(() -> Security.plain("ana", "p".repeat(256)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("password");
    try (CurveKeyPair keys = CurveKeyPair.generate()) {
      assertThatThrownBy(() -> Security.curve(keys, "HelloWorld"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("40");
      assertThat(Security.curveServer(keys).toString()).doesNotContain(keys.secretKeyText());
    }
  }

  /** The user id, or the status of the refusal. */
  private static String outcome(Security client, Security server, Authenticator authenticator)
      throws ZmtpException {
    Mechanism asking = client.begin(METADATA, NO_DOMAIN, false);
    Mechanism deciding = server.begin(METADATA, NO_DOMAIN, true);
    Handshakes.run(asking, deciding);
    ZapRequest request = deciding.pendingRequest().orElseThrow();
    deciding.answer(Authenticator.ask(Optional.of(authenticator), request));
    Handshakes.run(asking, deciding);
    return asking.state() == Mechanism.State.READY
        ? deciding.authentication().orElseThrow().userId()
        : Integer.toString(asking.refusal().orElseThrow().statusCode());
  }
}
