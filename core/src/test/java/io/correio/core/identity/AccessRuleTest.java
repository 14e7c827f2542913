package io.correio.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessRuleTest {
  @ParameterizedTest
  @CsvSource(
      emptyValue = "",
      textBlock =
          """
          '.*',              'anything',   true
          '.*',              '',           true
          '',                'anything',   false
          '',                '',           true
          '^$',              'anything',   false
          'order',           'my-orders',  true
          '^order',          'my-orders',  false
          'orders$',         'my-orders',  true
          '^order$',         'orders',     false
          '^(a|b)-.*',       'a-1',        true
          '^(a|b)-.*',       'c-1',        false
          '^(?!secret).*$',  'secret-1',   false
          '^(?!secret).*$',  'public',     true
          'a\\.b',           'a.b',        true
          'a\\.b',           'axb',        false
          """)
  void an_expression_is_searched_for_and_the_empty_one_finds_the_empty_name(
      String expression, String resource, boolean allowed) {
    AccessRule rule = new AccessRule(expression);
    assertThat(rule.allows(resource)).isEqualTo(allowed);
    assertThat(rule.allows(resource)).as("again").isEqualTo(allowed);
  }

  @Test
  void decisions_of_many_names_do_not_get_mixed_up() {
    AccessRule rule = new AccessRule("^q[0-9]*[02468]$");
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 5_000; i++) {
        assertThat(rule.allows("q" + i)).isEqualTo(i % 2 == 0);
      }
    }
    AccessRule twins = new AccessRule("^Aa$");
    for (int round = 0; round < 3; round++) {
      assertThat(twins.allows("Aa")).isTrue();
      assertThat(twins.allows("BB")).isFalse();
    }
  }

  @Test
  void a_name_that_is_too_long_is_denied() {
    AccessRule rule = new AccessRule(".*");
    assertThat(rule.allows("x".repeat(255))).isTrue();
    assertThat(rule.allows("x".repeat(256))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"^(a+)+$", "^(a|aa)+$", "^(a*)*b$", "(.*)*(.*)*(.*)*x$", "^(([a-z])+.)+[A-Z]$"})
  void an_expression_that_would_take_for_ever_denies(String expression) {
    assertThat(new AccessRule(expression).allows("a".repeat(250) + "!")).isFalse();
  }

  @Test
  void deep_recursion_in_matching_or_compiling_does_no_harm() {
    AccessRule rule = new AccessRule("^(?:a|b|c|(?:d|e)|f)*$");
    assertThat(rule.allows("abcdef".repeat(42))).isTrue();
    String nested = "(".repeat(500) + "a" + ")".repeat(500);
    assertThat(new AccessRule(nested).allows("a")).isTrue();
  }

  @Test
  void expressions_that_are_wrong_or_too_costly_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccessRule("(a"))
        .withMessageContaining("'(a' is no regular expression");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccessRule("a".repeat(1_025)))
        .withMessageContaining("at most 1024");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccessRule("(((){1000}){1000}){1000}"))
        .withMessageContaining("repeats too much");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccessRule("(){3,2147483647}"))
        .withMessageContaining("repeats too much");
    assertThat(new AccessRule("^[a-z]{2,20}-\\d{4}$").allows("abc-1234")).isTrue();
    assertThat(new AccessRule("^a{2,}$").allows("aaa")).isTrue();
  }
}
