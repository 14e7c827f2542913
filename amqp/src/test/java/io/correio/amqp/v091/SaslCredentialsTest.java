package io.correio.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.LongString;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** User and password out of a login and into one. */
final class SaslCredentialsTest {
  @Test
  @Spec(value = "RFC 4616", section = "2")
  void plain_is_read_with_and_without_an_authorization_id() {
    assertThat(SaslCredentials.parsePlain(LongString.of("\0guest\0sécret")))
        .isEqualTo(new SaslCredentials("", "guest", "sécret"));
    assertThat(SaslCredentials.parsePlain(LongString.of("other\0guest\0")))
        .isEqualTo(new SaslCredentials("other", "guest", ""));
    assertThat(SaslCredentials.parsePlain(SaslCredentials.plain("u", "p")))
        .isEqualTo(new SaslCredentials("", "u", "p"));
  }

  @Test
  void plain_of_another_form_is_malformed() {
    for (String bad : List.of("", "guest", "\0guest", "\0guest\0p\0q")) {
      assertThatThrownBy(() -> SaslCredentials.parsePlain(LongString.of(bad)))
          .isInstanceOf(AmqpException.class)
          .hasMessageContaining("502 SYNTAX_ERROR")
          .hasMessageContaining("PLAIN");
    }
    assertThatThrownBy(() -> SaslCredentials.plain("a\0b", "c"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void amqplain_is_a_table_without_its_length() {
    LongString response =
        LongString.of(
            HexFormat.ofDelimiter(" ")
                .parseHex(
                    "05 4c 4f 47 49 4e 53 00 00 00 01 75 "
                        + "08 50 41 53 53 57 4f 52 44 53 00 00 00 01 70"));
    assertThat(SaslCredentials.parseAmqplain(response))
        .isEqualTo(new SaslCredentials("", "u", "p"));
    assertThat(SaslCredentials.amqplain("u", "p")).isEqualTo(response);
  }

  @Test
  void amqplain_of_another_form_is_malformed() {
    for (String bad : List.of("", "\0guest\0guest", "\u0005LOGINV")) {
      assertThatThrownBy(() -> SaslCredentials.parseAmqplain(LongString.of(bad)))
          .isInstanceOf(AmqpException.class)
          .hasMessageContaining("502 SYNTAX_ERROR");
    }
  }

  @Test
  void printing_credentials_shows_no_password() {
    assertThat(new SaslCredentials("", "guest", "secret").toString())
        .contains("guest")
        .doesNotContain("secret");
  }
}
