package io.correio.zeromq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.correio.zeromq.wire.Metadata;
import io.correio.zeromq.wire.ZmtpException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** RFC 25 and 26. */
final class CurveMechanismTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final CurveKeyPair CLIENT_KEYS = CurveKeyPair.generate();
  private static final CurveKeyPair SERVER_KEYS = CurveKeyPair.generate();
  private static final Metadata CLIENT = Metadata.of("SUB", new byte[0]);
  private static final Metadata SERVER = Metadata.of("PUB", new byte[0]);
  private static final ZapContext ZAP = new ZapContext("global", "127.0.0.1", new byte[0]);

  @Test
  void both_prove_their_keys_and_tell_their_metadata() throws ZmtpException {
    CurveClient client = client();
    CurveServer server = server(null);
    Handshakes.run(client, server);
    assertThat(client.peerMetadata()).isEqualTo(SERVER);
    assertThat(server.peerMetadata()).isEqualTo(CLIENT);
  }

  @Test
  void the_authenticator_sees_the_clients_key() throws ZmtpException {
    CurveClient client = client();
    CurveServer server = server(ZAP);
    Handshakes.run(client, server);
    ZapRequest request = server.pendingRequest().orElseThrow();
    assertThat(request.mechanism()).isEqualTo("CURVE");
    assertThat(request.credentials()).hasSize(1);
    assertThat(request.credentials().getFirst()).isEqualTo(CLIENT_KEYS.publicKey());
    assertThat(client.state()).isEqualTo(Mechanism.State.HANDSHAKING);
    server.answer(ZapReply.accept(request, "somebody"));
    Handshakes.run(client, server);
    assertThat(client.state()).isEqualTo(Mechanism.State.READY);
  }

  @Test
  void a_client_that_is_not_let_in_is_told_so() throws ZmtpException {
    CurveClient client = client();
    CurveServer server = server(ZAP);
    Handshakes.run(client, server);
    server.answer(ZapReply.deny(server.pendingRequest().orElseThrow(), "unknown key"));
    Handshakes.run(client, server);
    assertThat(client.refusal().orElseThrow().statusCode()).isEqualTo(400);
    assertThat(client.cipher()).isNull();
    assertThat(server.cipher()).isNull();
  }

  @Test
  void commands_have_the_lengths_of_the_specification() throws ZmtpException {
    CurveClient client = client();
    CurveServer server = server(null);
    byte[] hello = Objects.requireNonNull(client.produce());
    assertThat(hello).hasSize(200);
    server.consume(hello);
    byte[] welcome = Objects.requireNonNull(server.produce());
    assertThat(welcome).hasSize(168);
    client.consume(welcome);
    byte[] initiate = Objects.requireNonNull(client.produce());
    assertThat(initiate).hasSize(257 + CLIENT.encodedLength());
    server.consume(initiate);
    assertThat(server.produce()).hasSize(30 + SERVER.encodedLength());
  }

  @Test
  void the_wrong_server_key_ends_at_hello() {
    CurveClient client = new CurveClient(CLIENT, CLIENT_KEYS, CLIENT_KEYS.publicKey(), RANDOM);
    CurveServer server = server(null);
    ZmtpException refusal =
        catchThrowableOfType(ZmtpException.class, () -> Handshakes.run(client, server));
    assertThat(refusal.kind()).isEqualTo(ZmtpException.Kind.FORGED);
    assertThat(server.produce()).as("a forger is told nothing").isNull();
  }

  @Test
  void any_octet_of_the_handshake_that_is_changed_ends_it() throws ZmtpException {
    for (int command = 0; command < 4; command++) {
      int length =
          new int[] {200, 168, 257 + CLIENT.encodedLength(), 30 + SERVER.encodedLength()}[command];
      for (int at = 0; at < length; at++) {
        // The padding of HELLO means nothing; the cookie's nonce and box are checked with it.
        if (command == 0 && at >= 8 && at < 80) {
          continue;
        }
        assertThat(survives(command, at)).as("command %d, octet %d", command, at).isFalse();
      }
    }
    assertThat(survives(-1, 0)).isTrue();
  }

  private static boolean survives(int command, int at) {
    Mechanism[] sides = {client(), server(null)};
    try (Mechanism client = sides[0];
        Mechanism server = sides[1]) {
      for (int turn = 0; turn < 4; turn++) {
        byte[] body = Objects.requireNonNull(sides[turn % 2].produce());
        if (turn == command) {
          body[at] ^= 1;
        }
        sides[(turn + 1) % 2].consume(body);
      }
      return client.state() == Mechanism.State.READY && server.state() == Mechanism.State.READY;
    } catch (ZmtpException refusal) {
      return false;
    }
  }

  @Test
  void a_handshake_that_is_cut_or_lengthened_ends() throws ZmtpException {
    byte[] hello = Objects.requireNonNull(client().produce());
    for (int length : new int[] {6, 199, 201}) {
      assertThatThrownBy(() -> server(null).consume(Arrays.copyOf(hello, length)))
          .isInstanceOf(ZmtpException.class);
    }
  }

  @Test
  void hello_and_initiate_come_once() throws ZmtpException {
    CurveClient client = client();
    CurveServer server = server(null);
    byte[] hello = Objects.requireNonNull(client.produce());
    server.consume(hello.clone());
    assertThatThrownBy(() -> server.consume(hello)).hasMessageContaining("HELLO out of turn");
    client.consume(Objects.requireNonNull(server.produce()));
    byte[] initiate = Objects.requireNonNull(client.produce());
    server.consume(initiate.clone());
    assertThatThrownBy(() -> server.consume(initiate)).hasMessageContaining("INITIATE out of turn");
  }

  @Test
  void an_initiate_is_good_for_its_own_connection_alone() throws ZmtpException {
    CurveClient client = client();
    CurveServer server = server(null);
    server.consume(Objects.requireNonNull(client.produce()));
    client.consume(Objects.requireNonNull(server.produce()));
    byte[] initiate = Objects.requireNonNull(client.produce());
    CurveServer other = server(null);
    other.consume(Objects.requireNonNull(client().produce()));
    assertThatThrownBy(() -> other.consume(initiate))
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("cookie");
  }

  @Test
  void frames_pass_with_their_flags_at_any_length() throws ZmtpException {
    FrameCipher[] ciphers = ciphers();
    for (int length : new int[] {0, 1, 30, 31, 32, 63, 64, 200, 100_000}) {
      byte[] text = new byte[length];
      new Random(length).nextBytes(text);
      for (int way = 0; way < 2; way++) {
        byte[] sealed = seal(ciphers[way], true, length % 2 == 0, text);
        FrameCipher.Opened opened = ciphers[1 - way].open(sealed, 0, sealed.length);
        assertThat(opened.more()).isTrue();
        assertThat(opened.command()).isEqualTo(length % 2 == 0);
        assertThat(Arrays.copyOfRange(sealed, opened.offset(), opened.offset() + opened.length()))
            .isEqualTo(text);
      }
    }
  }

  @Test
  void a_frame_that_was_changed_anywhere_is_refused() throws ZmtpException {
    FrameCipher[] ciphers = ciphers();
    byte[] sealed = seal(ciphers[0], false, false, new byte[] {1, 2, 3});
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= (byte) 0x80;
      assertThatThrownBy(() -> ciphers[1].open(changed, 0, changed.length))
          .as("octet %d", i)
          .isInstanceOf(ZmtpException.class);
    }
    assertThat(ciphers[1].open(sealed, 0, sealed.length).length()).isEqualTo(3);
  }

  @Test
  void a_frame_that_comes_again_or_late_is_refused() throws ZmtpException {
    FrameCipher[] ciphers = ciphers();
    byte[] first = seal(ciphers[0], false, false, new byte[] {1});
    byte[] second = seal(ciphers[0], false, false, new byte[] {2});
    byte[] again = second.clone();
    ciphers[1].open(second, 0, second.length);
    for (byte[] late : List.of(again, first)) {
      assertThatThrownBy(() -> ciphers[1].open(late, 0, late.length))
          .isInstanceOf(ZmtpException.class)
          .hasMessageContaining("nonce again");
    }
  }

  @Test
  void a_frame_does_not_come_back_to_its_sender() throws ZmtpException {
    FrameCipher[] ciphers = ciphers();
    seal(ciphers[1], false, false, new byte[] {1});
    byte[] sealed = seal(ciphers[0], false, false, new byte[] {1});
    assertThatThrownBy(() -> ciphers[0].open(sealed, 0, sealed.length))
        .isInstanceOf(ZmtpException.class);
  }

  @Test
  void nonces_start_at_one_and_are_one_count_for_handshake_and_messages() throws ZmtpException {
    CurveClient client = client();
    CurveServer server = server(null);
    List<Byte> counters = new ArrayList<>();
    byte[] hello = Objects.requireNonNull(client.produce());
    counters.add(hello[119]);
    server.consume(hello);
    client.consume(Objects.requireNonNull(server.produce()));
    byte[] initiate = Objects.requireNonNull(client.produce());
    counters.add(initiate[112]);
    server.consume(initiate);
    byte[] ready = Objects.requireNonNull(server.produce());
    client.consume(ready.clone());
    counters.add(seal(cipher(client), false, false, new byte[0])[15]);
    assertThat(counters).containsExactly((byte) 1, (byte) 2, (byte) 3);
    assertThat(ready[13]).isEqualTo((byte) 1);
    assertThat(seal(cipher(server), false, false, new byte[0])[15]).isEqualTo((byte) 2);
  }

  @Test
  void a_closed_cipher_has_no_keys() throws ZmtpException {
    FrameCipher[] ciphers = ciphers();
    ciphers[0].close();
    assertThatThrownBy(() -> seal(ciphers[0], false, false, new byte[1]))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void random_frames_and_commands_are_refused() throws ZmtpException {
    FrameCipher[] ciphers = ciphers();
    Random random = new Random(26);
    for (int round = 0; round < 5_000; round++) {
      byte[] noise = new byte[random.nextInt(120)];
      random.nextBytes(noise);
      byte[] name = {7, 'M', 'E', 'S', 'S', 'A', 'G', 'E'};
      if (noise.length > name.length && round % 3 != 0) {
        System.arraycopy(name, 0, noise, 0, name.length);
      }
      assertThatThrownBy(() -> ciphers[1].open(noise, 0, noise.length))
          .isInstanceOf(ZmtpException.class);
    }
    String[] names = {"HELLO", "WELCOME", "INITIATE", "READY", "MESSAGE", "ERROR"};
    Handshakes.fuzz(26, 500, () -> server(null), names);
    Handshakes.fuzz(27, 500, CurveMechanismTest::client, names);
  }

  private static CurveClient client() {
    return new CurveClient(CLIENT, CLIENT_KEYS, SERVER_KEYS.publicKey(), RANDOM);
  }

  private static CurveServer server(@Nullable ZapContext zap) {
    return new CurveServer(SERVER, SERVER_KEYS, zap, RANDOM);
  }

  private static FrameCipher[] ciphers() throws ZmtpException {
    CurveClient client = client();
    CurveServer server = server(null);
    Handshakes.run(client, server);
    client.close();
    server.close();
    return new FrameCipher[] {cipher(client), cipher(server)};
  }

  private static FrameCipher cipher(Mechanism mechanism) {
    return Objects.requireNonNull(mechanism.cipher());
  }

  private static byte[] seal(FrameCipher cipher, boolean more, boolean command, byte[] text) {
    byte[] sealed = new byte[text.length + cipher.overhead()];
    cipher.seal(more, command, text, 0, text.length, sealed, 0);
    return sealed;
  }
}
