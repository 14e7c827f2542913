package io.correio.core.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static final Arguments EVERYTHING =
      Arguments.builder()
          .put("void", null)
          .put("true", true)
          .put("false", false)
          .put("one-byte", -128L)
          .put("four-bytes", 128)
          .put("eight-bytes", Long.MIN_VALUE)
          .put("floating", -0.5)
          .put("decimal", new BigDecimal("-12345678901234567890.123"))
          .put("string", "até amanhã, 😀")
          .put("bytes", new byte[] {1, -1, 0})
          .put("instant", Instant.ofEpochSecond(-5, 999_999_999))
          .put("list", Arrays.asList(1, null, List.of("a", new byte[] {7})))
          .put("nested", Arguments.of("deeper", Arguments.of("deepest", "x".repeat(200))))
          .put("", "an empty name")
          .build();

  @Test
  void every_kind_of_value_survives_encoding() {
    ByteBuffer buffer = ByteBuffer.allocate(EVERYTHING.encodedSize());
    EVERYTHING.encode(buffer);
    assertThat(buffer.remaining()).isZero();

    Arguments decoded = Arguments.decode(buffer.flip());

    assertThat(decoded).isEqualTo(EVERYTHING).hasSameHashCodeAs(EVERYTHING);
    assertThat(decoded.names()).isEqualTo(EVERYTHING.names());
    assertThat(decoded.toString()).isEqualTo(EVERYTHING.toString());
    assertThat(buffer.remaining()).isZero();
  }

  @Test
  void encoding_is_little_endian_whatever_the_buffer_says_and_leaves_its_order_alone() {
    Arguments arguments = Arguments.of("n", 0x01020304);
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      ByteBuffer buffer = ByteBuffer.allocate(arguments.encodedSize()).order(order);
      arguments.encode(buffer);
      assertThat(buffer.order()).isEqualTo(order);
      assertThat(buffer.array()).containsExactly(1, 1, 'n', 4, 4, 3, 2, 1);
      assertThat(Arguments.decode(buffer.flip())).isEqualTo(arguments);
      assertThat(buffer.order()).isEqualTo(order);
    }
  }

  @Test
  void encoding_reads_and_writes_only_its_own_bytes() {
    ByteBuffer buffer = ByteBuffer.allocate(EVERYTHING.encodedSize() + 20);
    buffer.position(10);
    EVERYTHING.encode(buffer);
    assertThat(buffer.position()).isEqualTo(10 + EVERYTHING.encodedSize());

    buffer.position(10);
    assertThat(Arguments.decode(buffer)).isEqualTo(EVERYTHING);
    assertThat(buffer.position()).isEqualTo(10 + EVERYTHING.encodedSize());
  }

  @Test
  void a_buffer_that_is_too_small_is_refused() {
    ByteBuffer buffer = ByteBuffer.allocate(EVERYTHING.encodedSize() - 1);
    assertThatThrownBy(() -> EVERYTHING.encode(buffer)).isInstanceOf(BufferOverflowException.class);
  }

  @Test
  void no_arguments_take_one_byte_and_are_one_object() {
    assertThat(Arguments.EMPTY.encodedSize()).isEqualTo(1);
    assertThat(Arguments.decode(ByteBuffer.wrap(new byte[1]))).isSameAs(Arguments.EMPTY);
    assertThat(Arguments.of(Map.of())).isSameAs(Arguments.EMPTY);
    assertThat(Arguments.builder().build()).isSameAs(Arguments.EMPTY);
    assertThat(Arguments.of("a", 1).without("a")).isSameAs(Arguments.EMPTY);
  }

  @Test
  void what_was_cut_off_is_refused_at_every_length() {
    byte[] encoded = encoded(EVERYTHING);
    for (int length = 0; length < encoded.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(encoded, 0, length);
      assertThatIllegalArgumentException().isThrownBy(() -> Arguments.decode(cut));
    }
  }

  @Test
  void garbage_is_refused_or_means_something_and_never_breaks_the_decoder() {
    Random random = new Random(7);
    byte[] encoded = encoded(EVERYTHING);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] mutant = encoded.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      try {
        Arguments decoded = Arguments.decode(ByteBuffer.wrap(mutant));
        assertThat(Arguments.decode(ByteBuffer.wrap(encoded(decoded)))).isEqualTo(decoded);
      } catch (IllegalArgumentException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1_000, 19_000);
  }

  @Test
  void a_huge_count_is_refused_before_room_is_made_for_it() {
    byte[] count = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x07};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.decode(ByteBuffer.wrap(count)))
        .withMessageContaining("2147483647");
  }

  @Test
  void a_length_that_does_not_end_is_refused() {
    byte[] length = {-1, -1, -1, -1, -1, -1, -1};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.decode(ByteBuffer.wrap(length)));
  }

  @Test
  void an_encoded_name_that_comes_twice_is_refused() {
    for (int count : new int[] {2, 20}) {
      ByteBuffer buffer = ByteBuffer.allocate(100).put((byte) count);
      for (int i = 0; i < count; i++) {
        buffer.put((byte) 1).put((byte) (i == 0 ? 'a' + count - 1 : 'a' + i)).put((byte) 0);
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Arguments.decode(buffer.flip()))
          .withMessageContaining("twice");
    }
  }

  @Test
  void the_encoded_size_of_any_text_is_exact() {
    for (String text :
        List.of("", "é", "€", "😀", "\ud800", "\udc00x", "a\ud83d", "x".repeat(127))) {
      Arguments arguments = Arguments.of(text + "n", text);
      assertThat(encoded(arguments)).hasSize(arguments.encodedSize());
    }
    for (int size : new int[] {126, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152}) {
      Arguments arguments = Arguments.of("b", new byte[size]);
      assertThat(Arguments.decode(ByteBuffer.wrap(encoded(arguments)))).isEqualTo(arguments);
    }
  }

  @Test
  void numbers_of_any_width_become_long_or_double() {
    assertThat(Arguments.of("n", (byte) 5).get("n")).isEqualTo(5L);
    assertThat(Arguments.of("n", (short) 5).get("n")).isEqualTo(5L);
    assertThat(Arguments.of("n", 5).get("n")).isEqualTo(5L);
    assertThat(Arguments.of("n", new BigInteger("5")).get("n")).isEqualTo(5L);
    assertThat(Arguments.of("n", 0.5f).get("n")).isEqualTo(0.5);
    assertThat(Arguments.of("n", new BigInteger("99999999999999999999")).get("n"))
        .isEqualTo(new BigDecimal("99999999999999999999"));
  }

  @Test
  void values_are_the_same_whatever_their_width_or_identity() {
    assertThat(Arguments.sameValue(5L, 5)).isTrue();
    assertThat(Arguments.sameValue((short) 5, (byte) 5)).isTrue();
    assertThat(Arguments.sameValue(0.5, 0.5f)).isTrue();
    assertThat(Arguments.sameValue(new BigDecimal("1.0"), new BigDecimal("1.00"))).isTrue();
    assertThat(Arguments.sameValue(new byte[] {1}, new byte[] {1})).isTrue();
    assertThat(Arguments.sameValue(List.of(new byte[] {1}), List.of(new byte[] {1}))).isTrue();
    assertThat(Arguments.sameValue(null, null)).isTrue();
    assertThat(Arguments.sameValue("a", "a")).isTrue();

    assertThat(Arguments.sameValue(1L, 1.0)).isFalse();
    assertThat(Arguments.sameValue(1L, "1")).isFalse();
    assertThat(Arguments.sameValue(1L, new BigDecimal(1))).isFalse();
    assertThat(Arguments.sameValue(null, "a")).isFalse();
    assertThat(Arguments.sameValue("a", null)).isFalse();
    assertThat(Arguments.sameValue(new byte[] {1}, new byte[] {2})).isFalse();
    assertThat(Arguments.sameValue(List.of(1L), List.of(1L, 1L))).isFalse();
    assertThat(Arguments.sameValue(true, false)).isFalse();
  }

  @Test
  void equality_knows_values_and_not_their_order() {
    Arguments some = Arguments.builder().put("a", 1).put("b", new byte[] {2}).build();
    Arguments turned = Arguments.builder().put("b", new byte[] {2}).put("a", 1L).build();
    assertThat(some).isEqualTo(turned).hasSameHashCodeAs(turned);
    assertThat(some.names()).containsExactly("a", "b");
    assertThat(turned.names()).containsExactly("b", "a");
    assertThat(Arguments.of("d", new BigDecimal("2.50")))
        .isEqualTo(Arguments.of("d", new BigDecimal("2.5")))
        .hasSameHashCodeAs(Arguments.of("d", new BigDecimal("2.5")));

    assertThat(some).isNotEqualTo(some.with("a", 2));
    assertThat(some).isNotEqualTo(some.with("c", null));
    assertThat(some).isNotEqualTo(some.without("b"));
    assertThat(Arguments.of("a", null)).isNotEqualTo(Arguments.of("b", null));
  }

  @Test
  void many_entries_are_found_like_few() {
    for (int count : new int[] {1, 8, 9, 1_000}) {
      Map<String, Integer> map = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        map.put("name-" + i, i);
      }
      Arguments arguments = Arguments.of(map);
      assertThat(arguments.size()).isEqualTo(count);
      map.forEach((name, value) -> assertThat(arguments.integer(name)).hasValue(value));
      assertThat(arguments.contains("name-" + count)).isFalse();
      assertThat(arguments.get("other")).isNull();
      assertThat(arguments.names()).containsExactlyElementsOf(map.keySet());
    }
  }

  @Test
  void void_is_contained_and_has_no_value() {
    assertThat(EVERYTHING.contains("void")).isTrue();
    assertThat(EVERYTHING.get("void")).isNull();
    assertThat(EVERYTHING.string("void")).isEmpty();
    assertThat(EVERYTHING.integer("void")).isEmpty();
    assertThat(EVERYTHING.contains("other")).isFalse();
  }

  @Test
  void a_getter_says_what_it_found_instead() {
    assertThat(EVERYTHING.string("string")).hasValue("até amanhã, 😀");
    assertThat(EVERYTHING.bool("true")).hasValue(true);
    assertThat(EVERYTHING.integer("one-byte")).hasValue(-128);
    assertThat(EVERYTHING.nested("nested").orElseThrow().names()).containsExactly("deeper");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> EVERYTHING.integer("string"))
        .withMessage("argument 'string' must be an integer, not 'até amanhã, 😀'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> EVERYTHING.string("bytes"))
        .withMessage("argument 'bytes' must be a string, not 3 bytes");
    assertThatIllegalArgumentException().isThrownBy(() -> EVERYTHING.bool("floating"));
    assertThatIllegalArgumentException().isThrownBy(() -> EVERYTHING.nested("list"));
  }

  @Test
  void other_classes_are_refused_by_name() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.of("c", 'c'))
        .withMessageContaining("argument 'c' cannot hold a java.lang.Character");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.of("l", List.of(new Object())))
        .withMessageContaining("java.lang.Object");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.of("m", Map.of(1, 2)))
        .withMessageContaining("no string");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.of("d", new BigDecimal(BigInteger.TWO.pow(600))))
        .withMessageContaining("64 bytes");
  }

  @Test
  void what_was_put_in_cannot_be_changed_from_outside() {
    byte[] bytes = {1};
    List<@Nullable Object> list = new ArrayList<>(List.of(1L));
    Map<String, Object> map = new HashMap<>(Map.of("a", 1L));
    Arguments arguments =
        Arguments.builder().put("bytes", bytes).put("list", list).put("map", map).build();
    bytes[0] = 2;
    list.add(2L);
    map.put("b", 2L);

    assertThat(arguments.get("bytes")).isEqualTo(new byte[] {1});
    assertThat(arguments.get("list")).isEqualTo(List.of(1L));
    assertThat(arguments.get("map")).isEqualTo(Arguments.of("a", 1));
    Object handedOut = arguments.get("list");
    assertThat(handedOut).isInstanceOf(List.class);
    assertThatThrownBy(() -> Objects.requireNonNull((List<?>) handedOut).clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void nesting_ends_at_its_limit_when_building_and_when_decoding() {
    assertThat(nestedTables(Arguments.MAX_DEPTH).encodedSize()).isPositive();
    assertThat(Arguments.of("l", nestedLists(Arguments.MAX_DEPTH - 1)).size()).isEqualTo(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> nestedTables(Arguments.MAX_DEPTH + 1))
        .withMessageContaining("deeper than 32");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.of("l", nestedLists(Arguments.MAX_DEPTH)));

    assertThat(Arguments.decode(ByteBuffer.wrap(encodedTables(Arguments.MAX_DEPTH))))
        .isEqualTo(nestedTables(Arguments.MAX_DEPTH));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arguments.decode(ByteBuffer.wrap(encodedTables(100_000))))
        .withMessageContaining("deeper than 32");
  }

  private static Arguments nestedTables(int depth) {
    Arguments table = Arguments.of("t", 1);
    for (int i = 1; i < depth; i++) {
      table = Arguments.of("t", table);
    }
    return table;
  }

  private static List<?> nestedLists(int depth) {
    List<?> list = List.of(1);
    for (int i = 1; i < depth; i++) {
      list = List.of(list);
    }
    return list;
  }

  private static byte[] encodedTables(int depth) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * depth + 1);
    for (int i = 1; i < depth; i++) {
      buffer.put(new byte[] {1, 1, 't', 12});
    }
    buffer.put(new byte[] {1, 1, 't', 3, 1});
    return buffer.array();
  }

  private static byte[] encoded(Arguments arguments) {
    ByteBuffer buffer = ByteBuffer.allocate(arguments.encodedSize());
    arguments.encode(buffer);
    assertThat(buffer.remaining()).isZero();
    return buffer.array();
  }

  @Test
  void a_lone_surrogate_becomes_a_question_mark() {
    Arguments arguments = Arguments.of("n", "a\ud800b");
    assertThat(new String(encoded(arguments), UTF_8)).endsWith("a?b");
  }
}
