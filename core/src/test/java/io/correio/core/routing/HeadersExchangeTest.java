package io.correio.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadersExchangeTest {
  private static final ExchangeDefinition HEADERS =
      new ExchangeDefinition("h", ExchangeType.HEADERS, true, false, false, Arguments.EMPTY);

  /** Headers of the message, then which modes take a binding with {a: 1, b: 2, x-c: 3}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a=1 b=2 x-c=3      | all any all-with-x any-with-x
          a=1 b=2            | all any any-with-x
          a=1 b=2 d=4        | all any any-with-x
          a=1 b=2 x-c=4      | all any any-with-x
          a=1                | any any-with-x
          a=1 b=3            | any any-with-x
          b=2 x-c=3          | any any-with-x
          x-c=3              | any-with-x
          a=2 b=3            | none
          d=4                | none
          a=void b=void      | none
          x-match=all        | none
          """)
  void the_mode_says_how_many_headers_must_fit(String given, String modes) {
    for (String mode : List.of("all", "any", "all-with-x", "any-with-x")) {
      Arguments wanted =
          Arguments.builder().put("x-match", mode).put("a", 1).put("b", 2).put("x-c", 3).build();
      assertThat(fits(wanted, headers(given)))
          .as("%s with %s", mode, given)
          .isEqualTo(List.of(modes.split(" ", -1)).contains(mode));
    }
  }

  @Test
  void without_a_mode_or_with_an_unknown_one_all_must_fit() {
    Arguments plain = Arguments.builder().put("a", 1).put("b", 2).build();
    for (Arguments wanted :
        List.of(plain, plain.with("x-match", "most"), plain.with("x-match", 1))) {
      assertThat(fits(wanted, headers("a=1 b=2"))).isTrue();
      assertThat(fits(wanted, headers("a=1"))).isFalse();
    }
  }

  @Test
  void a_binding_without_conditions_takes_all_or_nothing() {
    for (String given : List.of("a=1", "x-a=1", "")) {
      assertThat(fits(Arguments.EMPTY, headers(given))).isTrue();
      assertThat(fits(Arguments.of("x-match", "all"), headers(given))).isTrue();
      assertThat(fits(Arguments.of("x-match", "any"), headers(given))).isFalse();
      assertThat(fits(Arguments.of("x-match", "all-with-x"), headers(given))).isTrue();
      assertThat(fits(Arguments.of("x-match", "any-with-x"), headers(given))).isFalse();
    }
  }

  @Test
  void a_void_condition_asks_for_presence_only() {
    Arguments wanted = Arguments.of("a", null);
    assertThat(fits(wanted, headers("a=1"))).isTrue();
    assertThat(fits(wanted, headers("a=void"))).isTrue();
    assertThat(fits(wanted, headers("b=1"))).isFalse();
  }

  @Test
  void values_are_compared_by_kind_and_content() {
    assertThat(fits(Arguments.of("a", 1L), name -> (short) 1)).isTrue();
    assertThat(fits(Arguments.of("a", 1L), name -> 1.0)).isFalse();
    assertThat(fits(Arguments.of("a", 1L), name -> "1")).isFalse();
    assertThat(fits(Arguments.of("a", 0.5), name -> 0.5f)).isTrue();
    assertThat(fits(Arguments.of("a", new byte[] {1}), name -> new byte[] {1})).isTrue();
    assertThat(fits(Arguments.of("a", List.of("x", 1)), name -> List.of("x", 1))).isTrue();
    assertThat(fits(Arguments.of("a", Arguments.of("b", 1)), name -> Arguments.of("b", 1)))
        .isTrue();
    assertThat(fits(Arguments.of("a", true), name -> true)).isTrue();
    assertThat(fits(Arguments.of("a", "é"), name -> "é")).isTrue();
  }

  @Test
  void bindings_with_the_same_arguments_ask_for_a_header_once() {
    RoutingTable table = RoutingTable.of(List.of(HEADERS));
    for (int i = 0; i < 100; i++) {
      table =
          table
              .withQueue(queue(i))
              .withBinding(
                  new Binding("h", new Destination.ToQueue("q" + i), "", Arguments.of("a", i % 4)));
    }
    List<String> asked = new ArrayList<>();
    HeaderSource headers =
        name -> {
          asked.add(name);
          return 2;
        };
    Targets targets = new Targets();
    assertThat(table.route(new Address("h", ""), headers, targets)).isEqualTo(RouteResult.ROUTED);
    assertThat(targets.count()).isEqualTo(25);
    assertThat(asked).hasSize(4);
  }

  @Test
  void a_mode_that_does_not_exist_is_refused_when_binding() {
    assertThat(binding(Arguments.of("x-match", "most")).refusal(ExchangeType.HEADERS))
        .hasValue("x-match is 'most'; it must be all, any, all-with-x or any-with-x");
    assertThat(binding(Arguments.of("x-match", 1)).refusal(ExchangeType.HEADERS)).isPresent();
    assertThat(binding(Arguments.of("x-match", null)).refusal(ExchangeType.HEADERS)).isPresent();
    assertThat(binding(Arguments.of("x-match", "most")).refusal(ExchangeType.TOPIC)).isEmpty();
    for (String mode : List.of("all", "any", "all-with-x", "any-with-x")) {
      assertThat(binding(Arguments.of("x-match", mode)).refusal(ExchangeType.HEADERS)).isEmpty();
    }
    assertThat(binding(Arguments.EMPTY).refusal(ExchangeType.HEADERS)).isEmpty();
  }

  private static Binding binding(Arguments arguments) {
    return new Binding("h", new Destination.ToQueue("q0"), "", arguments);
  }

  private static boolean fits(Arguments wanted, HeaderSource headers) {
    RoutingTable table =
        RoutingTable.of(List.of(HEADERS)).withQueue(queue(0)).withBinding(binding(wanted));
    Targets targets = new Targets();
    table.route(new Address("h", "ignored"), headers, targets);
    return targets.count() == 1;
  }

  private static QueueDefinition queue(int id) {
    return new QueueDefinition(id, "q" + id, true, false, false, Arguments.EMPTY);
  }

  private static HeaderSource headers(String given) {
    Arguments.Builder headers = Arguments.builder();
    for (String word : given.split(" ", -1)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        headers.put(word.substring(0, equals), value(word.substring(equals + 1)));
      }
    }
    return HeaderSource.of(headers.build());
  }

  private static @Nullable Object value(String text) {
    return switch (text) {
      case "void" -> null;
      case "all" -> text;
      default -> Integer.valueOf(text);
    };
  }
}
