package io.correio.core.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Selectors by the sections of Jakarta Messaging 3.1, chapter 3.8. */
class SelectorTest {

  private final Map<String, @Nullable Object> message = new HashMap<>();

  private @Nullable Object value(String selector) {
    try {
      return Selector.parse(selector).value(message::get);
    } catch (SelectorSyntaxException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  private void matches(String selector) {
    assertThat(value(selector)).as(selector).isEqualTo(true);
  }

  private void fails(String selector) {
    assertThat(value(selector)).as(selector).isEqualTo(false);
  }

  private void isUnknown(String selector) {
    assertThat(value(selector)).as(selector).isNull();
  }

  private static void refuses(String selector, String sentence) {
    assertThatThrownBy(() -> Selector.parse(selector))
        .as(selector)
        .isInstanceOf(SelectorSyntaxException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void the_examples_of_the_specification() {
    message.put("age", 17);
    message.put("Country", "France");
    message.put("phone", "12993");
    message.put("word", "lose");
    message.put("underscored", "_foo");
    message.put("JMSType", "car");
    message.put("color", "blue");
    message.put("weight", 2600L);
    matches("JMSType = 'car' AND color = 'blue' AND weight > 2500");
    matches("age BETWEEN 15 AND 19");
    fails("age NOT BETWEEN 15 AND 19");
    matches("age >= 15 AND age <= 19");
    fails("Country IN ('UK', 'US', 'Peru')");
    matches("Country NOT IN ('UK', 'US', 'Peru')");
    matches("phone LIKE '12%3'");
    matches("word LIKE 'l_se'");
    fails("word LIKE 'l_ose'");
    matches("underscored LIKE '\\_%' ESCAPE '\\'");
    fails("phone NOT LIKE '12%3'");
    isUnknown("prop_name = 1");
    matches("prop_name IS NULL");
    fails("prop_name IS NOT NULL");
    matches("Country IS NOT NULL");
    message.put("quote", "literal's");
    matches("quote = 'literal''s'");
  }

  @Test
  void literals_are_those_of_java() {
    message.put("n", 255);
    matches("n = 255 AND n = 0xff AND n = 0XFF AND n = 0377 AND n = 255L AND n = +255");
    message.put("d", 7000.0);
    matches("d = 7E3 AND d = 7000. AND d = 7000 AND d = 7.0e+3 AND d = 7000d AND d = 7000.0f");
    message.put("half", 0.5f);
    matches("half = .5 AND half = 5E-1 AND half = -(-.5)");
    message.put("least", Long.MIN_VALUE);
    message.put("most", Long.MAX_VALUE);
    matches("least = -9223372036854775808 AND most = 9223372036854775807");
    message.put("yes", true);
    matches("yes = TRUE AND yes = true AND yes AND NOT yes = FALSE AND yes <> FALSE");
    message.put("decimal", new BigDecimal("2.5"));
    matches("decimal = 2.5");
    message.put("empty", "");
    matches("empty = '' AND empty LIKE '' AND empty LIKE '%'");
  }

  @Test
  void names_are_case_sensitive_and_words_of_the_language_are_not() {
    message.put("Name", 1);
    message.put("$x_1", 2);
    message.put("größe", 3);
    message.put("amqp.subject", "s");
    message.put("with space-and-dash", 4);
    matches("Name = 1 and nOt name is null or FALSE".replace("name", "Name"));
    isUnknown("name = 1");
    matches("$x_1 = 2 AND größe = 3 AND amqp.subject = 's' AND \"with space-and-dash\" = 4");
    message.put("NOTable", 5);
    matches("NOTable = 5");
  }

  @Test
  void unknown_follows_the_tables_of_three_valued_logic() {
    message.put("t", true);
    message.put("f", false);
    matches("t AND t");
    fails("f AND u");
    fails("u AND f");
    isUnknown("t AND u");
    isUnknown("u AND u");
    matches("u OR t");
    matches("t OR u");
    isUnknown("u OR f");
    isUnknown("u OR u");
    isUnknown("NOT u");
    isUnknown("NOT (u = 1)");
    isUnknown("u <> 1");
    isUnknown("u LIKE '%'");
    isUnknown("u NOT LIKE '%'");
    isUnknown("u IN ('a')");
    isUnknown("u NOT IN ('a')");
    isUnknown("u BETWEEN 1 AND 2");
    isUnknown("u + 1 = 1");
    message.put("n", 5);
    fails("n BETWEEN u AND 4");
    isUnknown("n BETWEEN u AND 5");
  }

  @Test
  void unlike_types_compare_to_false_whatever_the_operator() {
    message.put("text", "5");
    message.put("number", 5);
    message.put("bytes", new byte[] {5});
    message.put("yes", true);
    fails("text = 5");
    fails("text <> 5");
    fails("text > 4");
    fails("number = '5'");
    fails("number <> '5'");
    fails("yes = 'true'");
    fails("yes = 1");
    fails("bytes = '5'");
    fails("number LIKE '5'");
    fails("number IN ('5')");
    matches("bytes IS NOT NULL");
    isUnknown("text + 1 = 6");
    isUnknown("number AND yes");
  }

  @Test
  void numbers_are_compared_and_computed_as_java_does() {
    message.put("i", 7);
    message.put("d", 2.0);
    matches("i / 2 = 3 AND i / d = 3.5 AND i / 2. = 3.5");
    matches("i + 2 * 3 = 13 AND (i + 2) * 3 = 27 AND i - 2 - 3 = 2 AND 8 / 2 / 2 = 2");
    matches("-i = -7 AND - -i = 7 AND +i = 7 AND 3 - -4 = i");
    matches("i = 7.0 AND i < 7.5 AND i >= 6.999");
    isUnknown("i / 0 = 1");
    matches("i / 0.0 > 1E300");
    fails("0.0 / 0.0 = 0.0 / 0.0");
    message.put("most", Long.MAX_VALUE);
    matches("most + 1 < 0");
    message.put("float", 1.1f);
    fails("float = 1.1");
    matches("float = 1.1f");
  }

  @Test
  void not_binds_before_and_and_and_before_or() {
    matches("TRUE OR TRUE AND FALSE");
    fails("(TRUE OR TRUE) AND FALSE");
    fails("NOT TRUE OR FALSE");
    matches("NOT FALSE AND TRUE");
    fails("NOT (FALSE OR TRUE)");
    matches("NOT 1 = 2");
    matches("NOT NOT TRUE");
    matches("1 + 1 = 2 AND 2 > 1 = TRUE".replace("2 > 1 = TRUE", "(2 > 1) = TRUE"));
  }

  @Test
  void like_knows_every_character_and_escapes_its_own() {
    message.put("s", "a%b_c*.\\x");
    matches("s LIKE 'a%'");
    matches("s LIKE 'a!%b!_c*.\\x' ESCAPE '!'");
    matches("s LIKE '%x'");
    matches("s LIKE '%b%c%'");
    matches("s LIKE '_________'");
    fails("s LIKE '________'");
    fails("s LIKE 'A%'");
    message.put("lines", "one\ntwo");
    matches("lines LIKE 'one%two'");
    message.put("aaab", "a".repeat(50) + "b");
    matches("aaab LIKE '%a%a%a%b'");
    fails("aaab LIKE '%a%a%a%c'");
  }

  @Test
  void a_pattern_that_takes_too_long_does_not_match() {
    message.put("s", "a".repeat(1_000_000));
    fails("s LIKE '%" + "a".repeat(4_000) + "b'");
  }

  @Test
  void errors_name_the_place_what_was_found_and_what_was_expected() {
    refuses("", "character 1: found the end, expected a literal, a name or '('");
    refuses("a =", "character 4: found the end, expected a literal, a name or '('");
    refuses("a = = 1", "character 5: found '=', expected a literal, a name or '('");
    refuses("a = 1 b", "character 7: found 'b', expected AND, OR or the end");
    refuses("(a = 1", "character 7: found the end, expected ')' or an operator");
    refuses("a = 'x", "character 7: found the end, expected a closing quote");
    refuses("a IS 1", "found '1', expected NULL or NOT NULL");
    refuses("a NOT = 1", "found '=', expected BETWEEN, IN or LIKE");
    refuses("a BETWEEN 1 OR 2", "found 'OR', expected AND and the upper bound");
    refuses("a LIKE b", "found 'b', expected a pattern between quotes");
    refuses("a LIKE 'x' ESCAPE 'yz'", "found ''yz'', expected one character between quotes");
    refuses("a LIKE 'x!' ESCAPE '!'", "a character behind the last escape character");
    refuses("a IN ()", "found ')', expected a string, a number, TRUE or FALSE");
    refuses("a IN ('x' 'y')", "found ''y'', expected ',' or ')'");
    refuses("a # 1", "character 3: found '#', expected an operator, a literal or a name");
    refuses("a = 08", "expected digits 0 to 7 behind a leading 0");
    refuses("a = 99999999999999999999", "expected a whole number of at most 64 bits");
    refuses("a = 1x", "expected a number, and a space behind it");
    refuses("a = 1.2.3", "expected a number, such as");
    refuses("a = 0x", "expected a whole number of at most 64 bits");
  }

  @Test
  void what_can_be_no_condition_is_refused() {
    refuses("1", "found a number at '1', expected a condition");
    refuses("'a'", "found a string at ''a'', expected a condition");
    refuses("a + 1", "found a number at 'a', expected a condition");
    refuses("a = 1 AND 2", "found a number at '2', expected a condition");
    refuses("a > 'x'", "found a string at ''x'', expected a number");
    refuses("'x' + 1 = 2", "found a string at ''x'', expected a number");
    refuses("TRUE < FALSE", "found a condition at 'TRUE', expected a number");
    refuses("1 IS NULL", "expected an identifier");
    refuses("'x' LIKE 'x'", "expected an identifier");
    refuses("NOT 'x'", "expected a condition");
  }

  @Test
  void length_and_depth_have_their_limits() {
    refuses("a" + " ".repeat(Selector.MAX_LENGTH), "expected at most 8192 characters");
    int many = Selector.MAX_DEPTH;
    matches("(".repeat(many) + "TRUE" + ")".repeat(many));
    refuses("(".repeat(many + 1) + "TRUE" + ")".repeat(many + 1), "nested deeper than 100");
    refuses("NOT ".repeat(many + 1) + "TRUE", "nested deeper than 100");
    refuses("1 = " + "- ".repeat(many + 1) + "1", "nested deeper than 100");
    refuses("1 = 1" + " + 1".repeat(many + 1), "nested deeper than 100");
    matches("FALSE" + " OR FALSE".repeat(700) + " OR TRUE");
  }

  @Test
  void a_selector_is_known_by_its_text() throws SelectorSyntaxException {
    assertThat(Selector.parse("a = 1")).isEqualTo(Selector.parse("a = 1"));
    assertThat(Selector.parse("a = 1")).isNotEqualTo(Selector.parse("a  = 1"));
    assertThat(Selector.parse("a = 1")).hasToString("a = 1");
  }
}
