package io.correio.server.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What may be left out of a URL, and what may not be in it. */
final class AmqpUrlTest {
  @Test
  void every_part_but_the_host_has_a_default() {
    assertThat(AmqpUrl.parse("amqp://broker"))
        .isEqualTo(new AmqpUrl("broker", 5672, "guest", "guest", "/"));
    assertThat(AmqpUrl.parse(AmqpUrl.DEFAULT))
        .isEqualTo(new AmqpUrl("127.0.0.1", 5672, "guest", "guest", "/"));
    assertThat(AmqpUrl.parse("AMQP://[::1]:99/"))
        .isEqualTo(new AmqpUrl("::1", 99, "guest", "guest", ""));
  }

  @Test
  void parts_are_percent_decoded_and_a_plus_is_a_plus() {
    assertThat(AmqpUrl.parse("amqp://a%40b:p%2Fw+d@h/v%20h+x"))
        .isEqualTo(new AmqpUrl("h", 5672, "a@b", "p/w+d", "v h+x"));
  }

  @Test
  void anything_else_is_refused_with_the_form_that_is_expected() {
    for (String bad : List.of("http://x", "localhost", "amqp:", "amqp://a b", "amqp:///v")) {
      assertThatThrownBy(() -> AmqpUrl.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected amqp://");
    }
  }

  @Test
  void printing_it_shows_no_password() {
    assertThat(AmqpUrl.parse("amqp://u:secret@h/v").toString())
        .contains("u@h")
        .doesNotContain("secret");
  }
}
