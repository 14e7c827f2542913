package io.correio.zeromq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.zeromq.wire.Command;
import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import org.junit.jupiter.api.Test;

/** RFC 37, "The NULL Security Mechanism", and ZAP beside it. */
final class NullMechanismTest {
  private static final Metadata REQ = Metadata.of("REQ", new byte[0]);
  private static final Metadata REP = Metadata.of("REP", new byte[0]);
  private static final ZapContext GLOBAL = new ZapContext("global", "127.0.0.1", new byte[0]);

  @Test
  void both_sides_say_ready_in_any_order() throws ZmtpException {
    NullMechanism client = new NullMechanism(REQ, null);
    NullMechanism server = new NullMechanism(REP, null);
    Handshakes.run(client, server);
    assertThat(client.state()).isEqualTo(Mechanism.State.READY);
    assertThat(client.peerMetadata()).isEqualTo(REP);
    assertThat(server.peerMetadata()).isEqualTo(REQ);
    assertThat(client.cipher()).isNull();
  }

  @Test
  void it_is_not_ready_before_its_own_word_was_taken() throws ZmtpException {
    NullMechanism mechanism = new NullMechanism(REQ, null);
    mechanism.consume(new Command.Ready(REP).encode());
    assertThat(mechanism.state()).isEqualTo(Mechanism.State.HANDSHAKING);
    assertThatThrownBy(mechanism::peerMetadata).isInstanceOf(IllegalStateException.class);
    mechanism.produce();
    assertThat(mechanism.state()).isEqualTo(Mechanism.State.READY);
  }

  @Test
  void without_a_domain_nobody_is_asked() {
    NullMechanism mechanism = new NullMechanism(REP, new ZapContext("", "127.0.0.1", new byte[0]));
    assertThat(mechanism.pendingRequest()).isEmpty();
    assertThat(mechanism.produce()).isNotNull();
  }

  @Test
  void with_a_domain_ready_waits_for_the_answer() throws ZmtpException {
    NullMechanism mechanism = new NullMechanism(REP, GLOBAL);
    mechanism.consume(new Command.Ready(REQ).encode());
    assertThat(mechanism.produce()).isNull();
    assertThat(mechanism.state()).isEqualTo(Mechanism.State.AUTHENTICATING);
    ZapRequest request = mechanism.pendingRequest().orElseThrow();
    assertThat(request.mechanism()).isEqualTo("NULL");
    assertThat(request.credentials()).isEmpty();
    mechanism.answer(ZapReply.accept(request, "somebody"));
    assertThat(mechanism.produce()).isNotNull();
    assertThat(mechanism.state()).isEqualTo(Mechanism.State.READY);
    assertThat(mechanism.authentication().orElseThrow().userId()).isEqualTo("somebody");
  }

  @Test
  void a_denied_peer_is_told_the_status_and_nothing_more() throws ZmtpException {
    NullMechanism client = new NullMechanism(REQ, null);
    NullMechanism server = new NullMechanism(REP, GLOBAL);
    server.answer(ZapReply.deny(server.pendingRequest().orElseThrow(), "not on the list"));
    Handshakes.run(client, server);
    assertThat(server.refusal()).contains(new Refusal(false, 400, "not on the list"));
    assertThat(client.refusal()).contains(new Refusal(true, 400, "400"));
    assertThat(client.state()).isEqualTo(Mechanism.State.FAILED);
  }

  @Test
  void a_peer_that_may_try_again_is_told_nothing() {
    NullMechanism server = new NullMechanism(REP, GLOBAL);
    server.answer(ZapReply.tryAgain(server.pendingRequest().orElseThrow(), "later"));
    assertThat(server.produce()).isNull();
    assertThat(server.refusal().orElseThrow().isTemporary()).isTrue();
  }

  @Test
  void an_answer_that_comes_after_the_peer_gave_up_changes_nothing() throws ZmtpException {
    NullMechanism server = new NullMechanism(REP, GLOBAL);
    ZapRequest request = server.pendingRequest().orElseThrow();
    server.consume(new Command.ErrorCommand("gone").encode());
    server.answer(ZapReply.accept(request, ""));
    assertThat(server.produce()).isNull();
    assertThat(server.state()).isEqualTo(Mechanism.State.FAILED);
    assertThat(server.refusal()).contains(new Refusal(true, 0, "gone"));
  }

  @Test
  void what_does_not_belong_here_is_refused() throws ZmtpException {
    NullMechanism mechanism = new NullMechanism(REQ, null);
    assertThatThrownBy(() -> mechanism.consume(new byte[] {5, 'H', 'E', 'L', 'L', 'O'}))
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("HELLO");
    mechanism.consume(new Command.Ready(REP).encode());
    assertThatThrownBy(() -> mechanism.consume(new Command.Ready(REP).encode()))
        .isInstanceOf(ZmtpException.class);
    assertThatThrownBy(() -> mechanism.consume(new byte[Command.HANDSHAKE_LENGTH_MAX + 1]))
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("65536");
  }

  @Test
  void random_commands_are_taken_or_refused() {
    Handshakes.fuzz(27, () -> new NullMechanism(REQ, null), "READY", "ERROR");
  }
}
