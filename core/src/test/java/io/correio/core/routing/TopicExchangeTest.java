package io.correio.core.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicExchangeTest {
  private static final ExchangeDefinition TOPICS =
      new ExchangeDefinition("topics", ExchangeType.TOPIC, true, false, false, Arguments.EMPTY);

  private static final String TABLE =
      """
      # pattern and key, then whether they fit
      'a.b'      | 'a.b'        | yes
      'a.b'      | 'a.c'        | no
      'a.b'      | 'a'          | no
      'a.b'      | 'a.b.c'      | no
      'a.b'      | 'A.b'        | no
      'a.*'      | 'a.b'        | yes
      'a.*'      | 'a'          | no
      'a.*'      | 'a.b.c'      | no
      'a.*'      | 'a.'         | yes
      '*.b'      | '.b'         | yes
      '*'        | 'a'          | yes
      '*'        | ''           | no
      '*'        | '.'          | no
      '*.*'      | '.'          | yes
      '#'        | ''           | yes
      '#'        | 'a'          | yes
      '#'        | 'a.b.c'      | yes
      '#'        | '...'        | yes
      ''         | ''           | yes
      ''         | 'a'          | no
      ''         | '.'          | no
      '.'        | '.'          | yes
      '.'        | ''           | no
      '.'        | '..'         | no
      'a.'       | 'a.'         | yes
      'a.'       | 'a'          | no
      'a..b'     | 'a..b'       | yes
      'a..b'     | 'a.b'        | no
      'a.*.b'    | 'a..b'       | yes
      'a.#'      | 'a'          | yes
      'a.#'      | 'a.'         | yes
      'a.#'      | 'a.b.c'      | yes
      'a.#'      | 'ab'         | no
      'a.#'      | ''           | no
      '#.a'      | 'a'          | yes
      '#.a'      | 'b.a'        | yes
      '#.a'      | 'a.b'        | no
      '#.a'      | 'a.a.a'      | yes
      '#.a'      | ''           | no
      'a.#.b'    | 'a.b'        | yes
      'a.#.b'    | 'a.b.b'      | yes
      'a.#.b'    | 'a.x.y.z.b'  | yes
      'a.#.b'    | 'a.x.y.z.b.' | no
      'a.#.b'    | 'a'          | no
      'a.#.b'    | 'b'          | no
      'a.#.b.#'  | 'a.x.b.y'    | yes
      'a.#.b.#'  | 'a.b'        | yes
      'a.#.b.#'  | 'a.x.y'      | no
      '#.#'      | ''           | yes
      '#.#'      | 'a'          | yes
      '#.*'      | ''           | no
      '#.*'      | 'a'          | yes
      '#.*'      | 'a.b'        | yes
      '*.#'      | ''           | no
      '*.#'      | 'a.b.c'      | yes
      '*.#.*'    | 'a'          | no
      '*.#.*'    | 'a.b'        | yes
      '#.*.a'    | 'a'          | no
      '#.*.a'    | 'b.a'        | yes
      '#.*.a'    | 'c.b.a'      | yes
      '#.a.*.#'  | 'a'          | no
      '#.a.*.#'  | 'x.a.b.y'    | yes
      'a*'       | 'ab'         | no
      'a*'       | 'a*'         | yes
      'a.**'     | 'a.b'        | no
      '##'       | 'a'          | no
      '##'       | '##'         | yes
      '*'        | '*'          | yes
      '#'        | '#'          | yes
      'a'        | '*'          | no
      'naïve.€'  | 'naïve.€'    | yes
      'naïve.€'  | 'naive.€'    | no
      """;

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = true,
      delimiter = '|',
      emptyValue = "",
      textBlock = TABLE)
  void a_pattern_fits_a_key_word_by_word(String pattern, String key, String fits) {
    assertThat(fits(List.of(pattern), key)).as("alone").isEqualTo(fits.equals("yes") ? "0" : "");
    List<String> among = new ArrayList<>(OTHERS);
    among.addFirst(pattern);
    assertThat(("," + fits(among, key) + ",").contains(",0,"))
        .as("among others")
        .isEqualTo(fits.equals("yes"));
  }

  private static final List<String> OTHERS =
      List.of("#", "*", "a.#", "a.*", "#.b", "a.#.c", "*.*", "", ".", "a.b.#.#", "*.#.b", "b");

  /** Returns the places of the patterns that fit, in order, with commas. */
  private static String fits(List<String> patterns, String key) {
    Targets targets = new Targets();
    assertThat(table(patterns).route(new Address("topics", key), HeaderSource.NONE, targets))
        .isEqualTo(targets.isEmpty() ? RouteResult.UNROUTABLE : RouteResult.ROUTED);
    long[] ids = targets.toArray();
    Arrays.sort(ids);
    List<String> places = new ArrayList<>();
    for (long id : ids) {
      places.add(Long.toString(id));
    }
    return String.join(",", places);
  }

  private static RoutingTable table(List<String> patterns) {
    RoutingTable table = RoutingTable.of(List.of(TOPICS));
    for (int i = 0; i < patterns.size(); i++) {
      table =
          table
              .withQueue(new QueueDefinition(i, "q" + i, true, false, false, Arguments.EMPTY))
              .withBinding(binding(i, patterns.get(i)));
    }
    return table;
  }

  private static Binding binding(int queue, String pattern) {
    return new Binding("topics", new Destination.ToQueue("q" + queue), pattern, Arguments.EMPTY);
  }

  @Test
  void random_patterns_fit_the_keys_that_a_plain_comparison_says() {
    Random random = new Random(3);
    int fitting = 0;
    for (int round = 0; round < 300; round++) {
      List<String> patterns = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(20); i++) {
        patterns.add(words(random, List.of("a", "b", "", "*", "#", "#")));
      }
      for (int i = 0; i < 20; i++) {
        String key = words(random, List.of("a", "b", "", "c"));
        List<String> expected = new ArrayList<>();
        for (int p = 0; p < patterns.size(); p++) {
          if (NaiveRouting.topicFits(patterns.get(p), key)) {
            expected.add(Integer.toString(p));
            fitting++;
          }
        }
        assertThat(fits(patterns, key))
            .as("%s on '%s'", patterns, key)
            .isEqualTo(String.join(",", expected));
      }
    }
    assertThat(fitting).isGreaterThan(1_000);
  }

  private static String words(Random random, List<String> from) {
    List<String> words = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      words.add(from.get(random.nextInt(from.size())));
    }
    return String.join(".", words);
  }

  @Test
  void patterns_of_one_meaning_are_different_bindings() {
    RoutingTable table = table(List.of("#.*"));
    RoutingTable both = table.withBinding(binding(0, "*.#"));
    assertThat(both.bindingCount()).isEqualTo(2);
    assertThat(both.hasBinding(binding(0, "#.*"))).isTrue();
    assertThat(both.hasBinding(binding(0, "#.*.#"))).isFalse();
    RoutingTable one = both.withoutBinding(binding(0, "#.*"));
    assertThat(one.bindingsFrom("topics")).containsExactly(binding(0, "*.#"));
    assertThat(one.withoutBinding(binding(0, "*.#")).hasBindingsFrom("topics")).isFalse();
  }

  @Test
  void many_hashes_on_a_long_key_take_no_more_than_words_times_nodes() {
    // Backtracking would try every way to share 200 words among 60 hashes.
    List<String> patterns = List.of("#.a".repeat(60).substring(1) + ".b", "#.a.#.a.#.b");
    String dots = "#" + ".a.#".repeat(60) + ".b";
    assertThat(fits(List.of(dots, patterns.get(1)), "a" + ".a".repeat(199))).isEmpty();
    assertThat(fits(List.of(dots, patterns.get(1)), "a" + ".a".repeat(199) + ".b"))
        .isEqualTo("0,1");
  }

  @Test
  void a_removed_pattern_leaves_no_node_behind() {
    List<String> patterns = List.of("a.b.#.c", "a.b", "*.*.#", "#", "");
    RoutingTable table = table(patterns);
    TopicNode root = TopicNode.EMPTY;
    for (int i = 0; i < patterns.size(); i++) {
      QueueDefinition queue = table.queue(i);
      assertThat(queue).isNotNull();
      root = root.with(TopicExchange.words(patterns.get(i)), 0, binding(i, patterns.get(i)), queue);
    }
    for (int i = 0; i < patterns.size(); i++) {
      root = root.without(TopicExchange.words(patterns.get(i)), 0, binding(i, patterns.get(i)));
    }
    assertThat(root.isEmpty()).isTrue();
    assertThat(root.without(List.of("none"), 0, binding(0, "none"))).isSameAs(root);
  }
}
