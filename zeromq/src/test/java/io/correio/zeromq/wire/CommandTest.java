package io.correio.zeromq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Commands, subscriptions in both forms and metadata, octet by octet. */
final class CommandTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void commands_are_what_the_specification_draws() throws ZmtpException {
    for (String[] line :
        new String[][] {
          {"09" + ascii("SUBSCRIBE") + "6162"},
          {"09" + ascii("SUBSCRIBE")},
          {"06" + ascii("CANCEL") + "00"},
          {"04" + ascii("PING") + "012c" + "010203"},
          {"04" + ascii("PONG") + "010203"},
          {"04" + ascii("JOIN") + ascii("group")},
          {"05" + ascii("LEAVE") + ascii("group")},
          {"05" + ascii("ERROR") + "03" + ascii("400")},
          {"05" + ascii("READY") + "0b" + ascii("Socket-Type") + "00000003" + ascii("REQ")},
          {"05" + ascii("HELLO") + "ff"},
        }) {
      byte[] body = HEX.parseHex(line[0]);
      assertThat(HEX.formatHex(Command.decode(body).encode())).isEqualTo(line[0]);
    }
  }

  @Test
  void commands_have_their_fields() throws ZmtpException {
    Command.Ping ping =
        (Command.Ping) Command.decode(new Command.Ping(6553, new byte[] {7}).encode());
    assertThat(ping.ttlTenths()).isEqualTo(6553);
    assertThat(ping.context()).containsExactly(7);
    assertThat(Command.decode(new Command.ErrorCommand("Invalid\nuser \u00e9").encode()))
        .isEqualTo(new Command.ErrorCommand("Invalid?user ?"));
    Command.Other other = (Command.Other) Command.decode(HEX.parseHex("0158ff"));
    assertThat(other.name()).isEqualTo("X");
    assertThat(other.data()).containsExactly(0xff);
  }

  @Test
  void a_context_of_more_than_16_octets_is_cut() throws ZmtpException {
    Command.Pong pong = (Command.Pong) Command.decode(new Command.Pong(new byte[40]).encode());
    assertThat(pong.context()).hasSize(16);
    byte[] ping = HEX.parseHex("04" + ascii("PING") + "0000" + "ff".repeat(99));
    assertThat(((Command.Ping) Command.decode(ping)).context()).hasSize(16);
  }

  @Test
  void a_time_to_live_that_has_no_room_is_refused() {
    Command.Ping ping = new Command.Ping(65_536, new byte[0]);
    assertThatThrownBy(ping::encode).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void commands_that_are_cut_off_are_refused() {
    for (String body :
        List.of(
            "",
            "00",
            "05" + ascii("READ"),
            "04" + ascii("PING"),
            "04" + ascii("PING") + "00",
            "05" + ascii("ERROR"),
            "05" + ascii("ERROR") + "02" + "41",
            "05" + ascii("READY") + "01",
            "05" + ascii("READY") + "00" + "00000000",
            "05" + ascii("READY") + "0141" + "00000001",
            "05" + ascii("READY") + "0141" + "ffffffff",
            "05" + ascii("READY") + "0120" + "00000000")) {
      assertThatThrownBy(() -> Command.decode(HEX.parseHex(body)))
          .as(body)
          .isInstanceOf(ZmtpException.class);
    }
  }

  @Test
  void subscriptions_have_an_older_form() {
    byte[] subscribe = SubscriptionMessage.encode(new Command.Subscribe(new byte[] {65}));
    assertThat(subscribe).containsExactly(1, 65);
    assertThat(SubscriptionMessage.encode(new Command.Cancel(new byte[0]))).containsExactly(0);
    assertThat(SubscriptionMessage.decode(subscribe))
        .get()
        .isInstanceOfSatisfying(
            Command.Subscribe.class, command -> assertThat(command.prefix()).containsExactly(65));
    assertThat(SubscriptionMessage.decode(new byte[] {0, 1}))
        .get()
        .isInstanceOf(Command.Cancel.class);
    assertThat(SubscriptionMessage.decode(new byte[] {2})).isEmpty();
    assertThat(SubscriptionMessage.decode(new byte[] {-1})).isEmpty();
    assertThat(SubscriptionMessage.decode(new byte[0])).isEmpty();
  }

  @Test
  void names_of_metadata_have_no_case_and_the_first_of_a_name_counts() throws ZmtpException {
    byte[] octets =
        Metadata.EMPTY
            .with("SOCKET-type", "SUB")
            .with("Socket-Type", "PUB")
            .with("X-Mine", new byte[] {1})
            .encode();
    Metadata metadata = Metadata.decode(octets, 0, octets.length);
    assertThat(metadata.text(Metadata.SOCKET_TYPE)).contains("SUB");
    assertThat(metadata.get("x-mine")).hasValueSatisfying(v -> assertThat(v).containsExactly(1));
    assertThat(metadata.get("absent")).isEmpty();
    assertThat(metadata.names()).containsExactly("SOCKET-type", "Socket-Type", "X-Mine");
  }

  @Test
  void metadata_is_bounded() {
    byte[] octets = HEX.parseHex(("0141" + "00000000").repeat(Metadata.PROPERTIES_MAX + 1));
    assertThatThrownBy(() -> Metadata.decode(octets, 0, octets.length))
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("256");
    assertThatThrownBy(() -> Metadata.EMPTY.with("no space", "")).hasMessageContaining("letters");
  }

  @Test
  void identity_is_told_by_the_types_that_have_one() {
    byte[] id = {1, 2};
    assertThat(Metadata.of("DEALER", id).names()).containsExactly("Socket-Type", "Identity");
    assertThat(Metadata.of("PUB", id).names()).containsExactly("Socket-Type");
  }

  @Test
  void random_octets_are_a_command_or_refused() {
    Random random = new Random(25);
    String[] names = {"READY", "ERROR", "SUBSCRIBE", "CANCEL", "PING", "PONG", "JOIN", "X"};
    int commands = 0;
    for (int round = 0; round < 50_000; round++) {
      byte[] body = new byte[random.nextInt(300)];
      random.nextBytes(body);
      String name = names[random.nextInt(names.length)];
      if (round % 4 != 0 && body.length > name.length()) {
        body[0] = (byte) name.length();
        byte[] octets = name.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(octets, 0, body, 1, octets.length);
      }
      try {
        Command.decode(body).encode();
        commands++;
      } catch (ZmtpException refusal) {
        assertThat(refusal.getMessage()).isNotBlank();
      }
    }
    assertThat(commands).isPositive();
  }

  private static String ascii(String text) {
    return HEX.formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }
}
