package io.correio.zeromq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.zeromq.wire.Command;
import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** RFC 24. */
final class PlainMechanismTest {
  private static final Metadata CLIENT = Metadata.of("DEALER", new byte[] {7});
  private static final Metadata SERVER = Metadata.of("ROUTER", new byte[0]);
  private static final ZapContext ZAP = new ZapContext("", "127.0.0.1", new byte[0]);

  @Test
  void name_and_password_open_the_door() throws ZmtpException {
    PlainClient client = new PlainClient(CLIENT, "admin", "s\u00e9cret");
    PlainServer server = new PlainServer(SERVER, ZAP);
    Handshakes.run(client, server);
    ZapRequest request = server.pendingRequest().orElseThrow();
    assertThat(request.mechanism()).isEqualTo("PLAIN");
    assertThat(request.credentialText(0)).isEqualTo("admin");
    assertThat(request.credentialText(1)).isEqualTo("s\u00e9cret");
    server.answer(ZapReply.accept(request, "admin"));
    Handshakes.run(client, server);
    assertThat(client.state()).isEqualTo(Mechanism.State.READY);
    assertThat(server.state()).isEqualTo(Mechanism.State.READY);
    assertThat(client.peerMetadata()).isEqualTo(SERVER);
    assertThat(server.peerMetadata()).isEqualTo(CLIENT);
  }

  @Test
  void a_wrong_password_ends_in_an_error() throws ZmtpException {
    PlainClient client = new PlainClient(CLIENT, "admin", "guess");
    PlainServer server = new PlainServer(SERVER, ZAP);
    Handshakes.run(client, server);
    server.answer(ZapReply.deny(server.pendingRequest().orElseThrow(), "wrong password"));
    Handshakes.run(client, server);
    assertThat(client.refusal()).contains(new Refusal(true, 400, "400"));
    assertThat(server.refusal()).contains(new Refusal(false, 400, "wrong password"));
  }

  @Test
  void the_error_that_libzmq_misspells_is_understood() throws ZmtpException {
    PlainClient client = new PlainClient(CLIENT, "admin", "guess");
    client.consume("^RROR\003400".getBytes(StandardCharsets.US_ASCII));
    assertThat(client.refusal()).contains(new Refusal(true, 400, "400"));
  }

  @Test
  void hello_is_what_the_specification_draws() {
    assertThat(new PlainClient(CLIENT, "ab", "").produce())
        .isEqualTo("\5HELLO\2ab\0".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void metadata_may_not_come_before_the_answer() {
    PlainServer server = new PlainServer(SERVER, ZAP);
    byte[] initiate = new Command.Other("INITIATE", CLIENT.encode()).encode();
    assertThatThrownBy(() -> server.consume(initiate)).isInstanceOf(ZmtpException.class);
    PlainServer other = new PlainServer(SERVER, ZAP);
    assertThatThrownBy(
            () -> {
              other.consume(hello("\1a\1b"));
              other.consume(initiate);
            })
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("INITIATE out of turn");
  }

  @Test
  void a_client_waits_for_welcome() {
    PlainClient client = new PlainClient(CLIENT, "a", "b");
    assertThatThrownBy(() -> client.consume(new Command.Ready(SERVER).encode()))
        .isInstanceOf(ZmtpException.class);
  }

  @Test
  void a_hello_that_lies_about_its_lengths_is_refused() {
    for (String data : new String[] {"", "\1", "\1a", "\1a\2b", "\1a\1bc", "\377a"}) {
      PlainServer server = new PlainServer(SERVER, ZAP);
      assertThatThrownBy(() -> server.consume(hello(data)))
          .as(data)
          .isInstanceOf(ZmtpException.class);
    }
  }

  @Test
  void credentials_that_have_no_room_are_refused() {
    assertThatThrownBy(() -> new PlainClient(CLIENT, "a".repeat(256), ""))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("255");
  }

  @Test
  void random_commands_are_taken_or_refused() {
    String[] names = {"HELLO", "WELCOME", "INITIATE", "READY", "ERROR"};
    Handshakes.fuzz(24, () -> new PlainServer(SERVER, ZAP), names);
    Handshakes.fuzz(25, () -> new PlainClient(CLIENT, "a", "b"), names);
  }

  private static byte[] hello(String data) {
    return new Command.Other("HELLO", data.getBytes(StandardCharsets.ISO_8859_1)).encode();
  }
}
