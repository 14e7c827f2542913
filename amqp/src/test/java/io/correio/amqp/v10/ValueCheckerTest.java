package io.correio.amqp.v10;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a value and what is none (part 1, sections 1.2 and 1.6). */
final class ValueCheckerTest {
  private static final int MAX_DEPTH = 8;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "40 41 42 43 44 45 50ff 51ff 52ff 53ff 54ff 55ff 5601 60ffff 61ffff 70ffffffff",
        "71ffffffff 72ffffffff 7300000041 7400000000 80ffffffffffffffff 81ffffffffffffffff",
        "82ffffffffffffffff 83ffffffffffffffff 84ffffffffffffffff",
        "94ffffffffffffffffffffffffffffffff 98ffffffffffffffffffffffffffffffff a002abcd",
        "a1026162 a3026162 b000000002abcd b1000000026162 b3000000026162 c00100 c003024041",
        "c103024041 d000000006000000024041 d100000006000000024041 e003015301 e00100",
        "e0020041 e0020341 e00902a102616203636465 f000000006000000015301 e00602c001000100",
        "e00702005301520102 005370c00100 00a3016140 c0050100537040"
      })
  void value_ends_where_its_last_octet_is_and_is_refused_when_any_is_missing(String values) {
    for (String hex : values.split(" ", -1)) {
      byte[] value = bytes(hex);
      byte[] longer = Arrays.copyOf(value, value.length + 1);
      assertThat(check(longer, longer.length)).isEqualTo(value.length);
      assertThat(ValueReader.end(longer, 0)).isEqualTo(value.length);
      for (int length = 0; length < value.length; length++) {
        int cut = length;
        assertThatThrownBy(() -> check(value, cut)).isInstanceOf(MalformedValueException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01", "46", "57", "62", "75", "85", "99", "a2", "b2", "c2", "d2", "e1", "f1", "3f", "ff"
      })
  void unknown_constructor_is_refused(String hex) {
    byte[] value = Arrays.copyOf(bytes(hex), 40);
    assertThatThrownBy(() -> check(value, value.length))
        .hasMessageContaining("unknown constructor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Fewer elements than the size says, more, none of the count, and a key without a value.
        "c003014041",
        "c003034041",
        "c000",
        "d000000003000000",
        "c102 0140",
        "e0040153 0101",
        "e0030253 01",
        "e0030141 41",
        "c00301a101",
        "f000000006000000024040"
      })
  void size_and_elements_that_disagree_are_refused(String hex) {
    byte[] value = Arrays.copyOf(bytes(hex), 40);
    int valueLength = bytes(hex).length;
    assertThatThrownBy(() -> check(value, valueLength)).isInstanceOf(MalformedValueException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "b0ffffffff",
        "b07fffffff",
        "d0ffffffff00000001",
        "d07fffffff7fffffff",
        "f0ffffffffffffffff50",
        "f00000000600000001b0ffffffff",
        "f0000000057fffffff80",
        "f000000005ffffffff98",
        "d000000005ffffffff40"
      })
  void sizes_and_counts_beyond_what_is_there_are_refused(String hex) {
    byte[] value = bytes(hex);
    assertThatThrownBy(() -> check(value, value.length))
        .isInstanceOf(MalformedValueException.class)
        .hasMessageContaining("expected where");
  }

  @Test
  void elements_that_take_no_octet_are_limited_together() {
    byte[] few = bytes("f0 00000005 00010000 41");
    assertThat(check(few, few.length)).isEqualTo(few.length);
    byte[] many = bytes("f0 00000005 00010001 41");
    assertThatThrownBy(() -> check(many, many.length)).hasMessageContaining("65536 elements");
    byte[] most = bytes("f0 00000005 7fffffff 40");
    assertThatThrownBy(() -> check(most, most.length)).hasMessageContaining("65536 elements");
    byte[] twice = bytes("c0 15 02 f0 00000005 00008001 45 f0 00000005 00008001 45");
    assertThatThrownBy(() -> check(twice, twice.length)).hasMessageContaining("65536 elements");
  }

  @Test
  void nesting_is_limited_whatever_is_nested() {
    byte[] value = bytes("40");
    for (int level = 1; level <= MAX_DEPTH; level++) {
      value = inList(value);
      assertThat(check(value, value.length)).isEqualTo(value.length);
    }
    byte[] tooDeep = inList(value);
    assertThatThrownBy(() -> check(tooDeep, tooDeep.length)).hasMessageContaining("8 levels");
    // A descriptor that is described, and so on, in each of its two places.
    byte[] descriptors = new byte[100_000];
    assertThatThrownBy(() -> check(descriptors, 100_000)).hasMessageContaining("8 levels");
    byte[] described = bytes("0040".repeat(50_000) + "40");
    assertThatThrownBy(() -> check(described, described.length)).hasMessageContaining("8 levels");
    byte[] arrays = bytes("f00001000000000001" + "0040".repeat(30_000));
    byte[] room = Arrays.copyOf(arrays, 0x10000 + 100);
    assertThatThrownBy(() -> check(room, room.length)).hasMessageContaining("8 levels");
  }

  @Test
  void writer_takes_the_shortest_form() {
    ValueWriter out = new ValueWriter(1);
    int list = out.open();
    out.nullValue().bool(true).bool(false);
    out.uintValue(0).uintValue(255).uintValue(256).uintValue(0xffff_ffffL);
    out.ulongValue(0).ulongValue(255).ulongValue(-1).intValue(-128).intValue(128);
    out.longValue(127).longValue(-129).byteValue(-1).ubyteValue(255).shortValue(-2);
    out.ushortValue(0xfffe).symbol("ab".getBytes(US_ASCII)).binary(new byte[1]);
    out.closeList(list, 20);
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo(
            "c04014"
                + "404142"
                + "43"
                + "52ff"
                + "7000000100"
                + "70ffffffff"
                + "44"
                + "53ff"
                + "80ffffffffffffffff"
                + "5480"
                + "7100000080"
                + "557f"
                + "81ffffffffffffff7f"
                + "51ff"
                + "50ff"
                + "61fffe"
                + "60fffe"
                + "a3026162"
                + "a00100");
  }

  @Test
  void writer_widens_lists_and_strings_at_their_limits() {
    for (int length = 240; length < 270; length++) {
      ValueWriter out = new ValueWriter(1);
      int map = out.open();
      out.string(new byte[length]).nullValue();
      out.closeMap(map, 1);
      byte[] encoded = out.toByteArray();
      assertThat(check(encoded, encoded.length)).isEqualTo(encoded.length);
      assertThat(encoded[0] & 0xff).isEqualTo(length + 4 <= 255 ? 0xc1 : 0xd1);
    }
  }

  private static byte[] inList(byte[] value) {
    ValueWriter out = new ValueWriter(16);
    int list = out.open();
    out.raw(value, 0, value.length);
    out.closeList(list, 1);
    return out.toByteArray();
  }

  private static int check(byte[] bytes, int limit) {
    return new ValueChecker(bytes, limit, MAX_DEPTH).end(0);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
