package io.correio.server.front.content;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.Spec;
import io.correio.amqp.v10.ValueReader;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bits of IEEE 754 with the coefficient in binary, by hand. */
@Spec(value = "AMQP 1.0", section = "1.6.13")
final class DecimalsTest {
  @ParameterizedTest
  @CsvSource({
    // One, minus one and a quarter, the largest coefficient (in its long form), too large a one.
    "74 32800001, Decimal, 1",
    "74 b180007d, Decimal, -1.25",
    "74 6cb8967f, Decimal, 9999999",
    "74 6cb89680, Decimal, 0",
    "74 78000000, Text, Infinity",
    "74 f8000000, Text, -Infinity",
    "74 7c000000, Text, NaN",
    // A power of ten that 0-9-1 cannot say.
    "74 33000001, Text, 1E+1",
    "84 31c0000000000001, Decimal, 1",
    "84 b18000000000007d, Decimal, -1.25",
    "84 6c7386f26fc0ffff, Text, 9999999999999999",
    "84 6c7386f26fc10000, Decimal, 0",
    "84 7800000000000000, Text, Infinity",
    "84 fc00000000000000, Text, NaN",
    "94 30400000000000000000000000000001, Decimal, 1",
    "94 b03c000000000000000000000000007d, Decimal, -1.25",
    "94 3041ed09bead87c0378d8e63ffffffff, Text, 9999999999999999999999999999999999",
    "94 3041ed09bead87c0378d8e6400000000, Decimal, 0",
    "94 78000000000000000000000000000000, Text, Infinity",
    "94 00000000000000000000000000000001, Text, 1E-6176"
  })
  void decimal_becomes_one_of_0_9_1_or_text(String hex, String type, String text) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    Object value = ValueConversion.read(new ValueReader(bytes, 0));
    assertThat(value.getClass().getSimpleName()).isEqualTo(type);
    assertThat(value.toString()).isEqualTo(text);
  }
}
