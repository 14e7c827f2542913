package io.correio.core.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PersistentMapTest {
  /** A key whose hash the test chooses, and which counts how often it is compared. */
  private record Key(int number, int hash, AtomicInteger comparisons) {
    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      comparisons.incrementAndGet();
      return other instanceof Key key && key.number == number;
    }
  }

  @Test
  void it_agrees_with_a_hash_map_whatever_the_hashes() {
    Map<String, IntUnaryOperator> hashes =
        Map.of(
            "scattered", n -> n * 0x9E3779B9,
            "dense", n -> n,
            "few", n -> n % 7,
            "high bits only", n -> n << 27,
            "one", n -> 42,
            "negative", n -> -n);
    hashes.forEach((name, hash) -> {
      for (int seed = 0; seed < 5; seed++) {
        compareWithHashMap(new Random(seed), hash, 300);
      }
    });
  }

  private static void compareWithHashMap(Random random, IntUnaryOperator hash, int keys) {
    Map<Key, Integer> model = new HashMap<>();
    PersistentMap<Key, Integer> map = PersistentMap.empty();
    List<Map<Key, Integer>> models = new ArrayList<>();
    List<PersistentMap<Key, Integer>> maps = new ArrayList<>();
    AtomicInteger comparisons = new AtomicInteger();
    for (int step = 0; step < 2_000; step++) {
      int number = random.nextInt(keys);
      Key key = new Key(number, hash.applyAsInt(number), comparisons);
      if (random.nextInt(3) < (step / 500 % 2 == 0 ? 2 : 1)) {
        model.put(key, step);
        map = map.with(key, step);
      } else {
        assertThat(map.without(key) == map).isEqualTo(!model.containsKey(key));
        model.remove(key);
        map = map.without(key);
      }
      assertThat(map.size()).isEqualTo(model.size());
      assertThat(map.get(key)).isEqualTo(model.get(key));
      if (step % 200 == 0) {
        models.add(new HashMap<>(model));
        maps.add(map);
      }
    }
    for (int i = 0; i < maps.size(); i++) {
      assertEqual(maps.get(i), models.get(i));
    }
  }

  private static void assertEqual(PersistentMap<Key, Integer> map, Map<Key, Integer> model) {
    assertThat(map.size()).isEqualTo(model.size());
    assertThat(map.isEmpty()).isEqualTo(model.isEmpty());
    model.forEach((key, value) -> assertThat(map.get(key)).isEqualTo(value));
    List<Map.Entry<Key, Integer>> iterated = new ArrayList<>();
    map.iterator().forEachRemaining(iterated::add);
    List<Map.Entry<Key, Integer>> called = new ArrayList<>();
    map.forEach((key, value) -> called.add(Map.entry(key, value)));
    assertThat(iterated).isEqualTo(called).hasSameSizeAs(model.entrySet());
    iterated.forEach(e -> assertThat(model.get(e.getKey())).isEqualTo(e.getValue()));
  }

  @Test
  void a_map_emptied_again_finds_nothing_and_iterates_nothing() {
    PersistentMap<String, Integer> map = PersistentMap.<String, Integer>empty().with("a", 1);
    PersistentMap<String, Integer> emptied = map.without("a");
    assertThat(emptied).isSameAs(PersistentMap.empty());
    assertThat(emptied.get("a")).isNull();
    assertThat(emptied.iterator().hasNext()).isFalse();
    assertThatThrownBy(() -> emptied.iterator().next()).isInstanceOf(NoSuchElementException.class);
    assertThat(map.get("a")).isEqualTo(1);
  }

  @Test
  void the_same_value_again_gives_the_same_map() {
    PersistentMap<String, String> map = PersistentMap.<String, String>empty().with("a", "x");
    assertThat(map.with("a", "x")).isSameAs(map);
    assertThat(map.without("b")).isSameAs(map);
    PersistentMap<String, String> other = map.with("a", "y");
    assertThat(other.get("a")).isEqualTo("y");
    assertThat(other.size()).isEqualTo(1);
  }

  @Test
  void removals_leave_the_form_that_inserting_the_rest_would_have_given() {
    Random random = new Random(9);
    AtomicInteger comparisons = new AtomicInteger();
    for (int round = 0; round < 200; round++) {
      PersistentMap<Key, Integer> map = PersistentMap.empty();
      List<Key> kept = new ArrayList<>();
      List<Key> removed = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        // Few high bits and few low ones: long common paths, and no two hashes alike.
        Key key = new Key(i, ((i % 4) << 30) | ((i / 4) << 12), comparisons);
        (random.nextBoolean() ? kept : removed).add(key);
        map = map.with(key, i);
      }
      PersistentMap<Key, Integer> rest = PersistentMap.empty();
      for (Key key : removed) {
        map = map.without(key);
      }
      for (Key key : kept) {
        rest = rest.with(key, key.number());
      }
      // Entries come before children, so another form gives another order.
      assertThat(order(map)).isEqualTo(order(rest));
    }
  }

  private static List<Integer> order(PersistentMap<Key, Integer> map) {
    List<Integer> order = new ArrayList<>();
    map.forEach((key, value) -> order.add(value));
    return order;
  }

  @Test
  void a_read_compares_one_key_however_many_there_are() {
    AtomicInteger comparisons = new AtomicInteger();
    PersistentMap<Key, Integer> map = PersistentMap.empty();
    for (int i = 0; i < 100_000; i++) {
      map = map.with(new Key(i, i * 0x9E3779B9, comparisons), i);
    }
    comparisons.set(0);
    for (int i = 0; i < 1_000; i++) {
      assertThat(map.get(new Key(i, i * 0x9E3779B9, comparisons))).isEqualTo(i);
    }
    assertThat(comparisons.get()).isEqualTo(1_000);
  }

  @Test
  void a_probe_finds_what_a_key_finds() {
    PersistentMap<String, Integer> map = PersistentMap.empty();
    List<String> words = List.of("Aa", "BB", "a", "b", "", "word", "AaAa", "BBBB", "AaBB");
    for (String word : words) {
      map = map.with(word, word.length());
    }
    for (String word : words) {
      assertThat(map.find(word.hashCode(), word::equals)).isEqualTo(word.length());
    }
    assertThat(map.find("BBAa".hashCode(), "BBAa"::equals)).isNull();
    assertThat(map.find("none".hashCode(), "none"::equals)).isNull();
  }
}
