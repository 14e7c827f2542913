package io.correio.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.MethodCodec;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.FieldValue.IntType;
import io.correio.amqp.v091.wire.LongString;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Strings, tables and properties, there and back. */
final class WireTypesTest {
  private final RandomValues random = new RandomValues(11);

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.5.5")
  void tables_of_all_types_survive_the_wire() {
    for (int round = 0; round < 3000; round++) {
      FieldTable table = random.table(4);
      byte[] encoded = new WireWriter().table(table).toByteArray();
      WireReader in = new WireReader(ByteBuffer.wrap(encoded));
      FieldTable decoded = in.table();
      in.end();
      assertThat(decoded).isEqualTo(table);
      assertThat(decoded.fields().keySet()).containsExactlyElementsOf(table.fields().keySet());
    }
  }

  @Test
  void methods_survive_the_wire() {
    for (int round = 0; round < 50; round++) {
      for (Class<? extends Method> type : RandomValues.methodClasses()) {
        Method method = random.method(type);
        WireWriter out = new WireWriter();
        MethodCodec.encode(method, out);
        WireReader in = new WireReader(ByteBuffer.wrap(out.toByteArray()));
        assertThat(MethodCodec.decode(in)).isEqualTo(method);
      }
    }
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.5.5")
  void each_tag_is_read_in_the_dialect_of_rabbitmq() {
    assertThat(value("74 01")).isEqualTo(new FieldValue.Bool(true));
    assertThat(value("62 ff")).isEqualTo(new FieldValue.Int(IntType.INT8, -1));
    assertThat(value("42 ff")).isEqualTo(new FieldValue.Int(IntType.UINT8, 255));
    assertThat(value("73 ff fe")).isEqualTo(new FieldValue.Int(IntType.INT16, -2));
    assertThat(value("55 ff fe")).isEqualTo(new FieldValue.Int(IntType.INT16, -2));
    assertThat(value("75 ff fe")).isEqualTo(new FieldValue.Int(IntType.UINT16, 0xfffe));
    assertThat(value("49 ff ff ff fd")).isEqualTo(new FieldValue.Int(IntType.INT32, -3));
    assertThat(value("69 ff ff ff fd")).isEqualTo(new FieldValue.Int(IntType.UINT32, 0xfffffffdL));
    assertThat(value("6c ff ff ff ff ff ff ff fc"))
        .isEqualTo(new FieldValue.Int(IntType.INT64, -4));
    assertThat(value("4c ff ff ff ff ff ff ff fc"))
        .isEqualTo(new FieldValue.Int(IntType.INT64, -4));
    assertThat(value("66 3f 80 00 00")).isEqualTo(new FieldValue.Float32(1));
    assertThat(value("64 3f f0 00 00 00 00 00 00")).isEqualTo(new FieldValue.Float64(1));
    assertThat(value("44 02 ff ff ff 85"))
        .isEqualTo(new FieldValue.Decimal(new BigDecimal("-1.23")));
    assertThat(value("53 00 00 00 02 c3 a9")).isEqualTo(new FieldValue.Text(LongString.of("é")));
    assertThat(value("78 00 00 00 01 ff"))
        .isEqualTo(new FieldValue.Binary(LongString.of(new byte[] {-1})));
    assertThat(value("54 00 00 00 00 00 00 00 3c")).isEqualTo(new FieldValue.Timestamp(60));
    assertThat(value("56")).isEqualTo(new FieldValue.NoValue());
    assertThat(value("41 00 00 00 03 56 74 00"))
        .isEqualTo(
            new FieldValue.Array(List.of(new FieldValue.NoValue(), new FieldValue.Bool(false))));
    assertThat(value("46 00 00 00 00")).isEqualTo(FieldTable.empty());
  }

  @Test
  void nesting_is_limited_for_tables_and_arrays_alike() {
    for (char kind : new char[] {'F', 'A'}) {
      byte[] deepest = nested(kind, FieldTable.MAX_DEPTH);
      byte[] tooDeep = nested(kind, FieldTable.MAX_DEPTH + 1);
      assertThat(new WireReader(ByteBuffer.wrap(deepest)).table().size()).isEqualTo(1);
      assertSyntaxError(() -> new WireReader(ByteBuffer.wrap(tooDeep)).table());
      BasicProperties.validate(headersOf(deepest));
      assertSyntaxError(() -> BasicProperties.validate(headersOf(tooDeep)));
    }
  }

  @Test
  void last_value_of_a_repeated_name_counts_everywhere() {
    byte[] table =
        HexFormat.of().parseHex("0000000a" + "0161" + "7401" + "0162" + "56" + "0161" + "56");
    assertThat(new WireReader(ByteBuffer.wrap(table)).table().get("a"))
        .isEqualTo(new FieldValue.NoValue());
    assertThat(new BasicProperties(headersOf(table)).header("a"))
        .isEqualTo(new FieldValue.NoValue());
  }

  @Test
  void typed_getters_give_nothing_for_other_types() {
    FieldTable table =
        FieldTable.copyOf(Map.of("text", "x", "number", 7, "bool", true, "list", List.of(1)));
    assertThat(table.getString("text")).contains("x");
    assertThat(table.getString("number")).isEmpty();
    assertThat(table.getLong("number")).hasValue(7);
    assertThat(table.getLong("text")).isEmpty();
    assertThat(table.getBoolean("bool", false)).isTrue();
    assertThat(table.getBoolean("text", true)).isTrue();
    assertThat(table.getArray("list")).isPresent();
    assertThat(table.getTable("list")).isEmpty();
    assertThat(table.get("nothing")).isNull();
  }

  @Test
  void java_values_survive_the_wire() {
    Map<String, Object> values =
        Map.of(
            "text",
            "é",
            "long",
            1L << 40,
            "real",
            0.5,
            "decimal",
            new BigDecimal("1.50"),
            "time",
            Instant.ofEpochSecond(99),
            "list",
            List.of("a", true),
            "map",
            Map.of("k", "v"));
    byte[] encoded = new WireWriter().table(FieldTable.copyOf(values)).toByteArray();
    assertThat(new WireReader(ByteBuffer.wrap(encoded)).table().toJava()).isEqualTo(values);
    assertThatThrownBy(() -> FieldValue.of(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("java.lang.Object");
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.6.1")
  void properties_survive_a_builder_and_stay_well_formed() {
    for (int round = 0; round < 2000; round++) {
      BasicProperties properties = random.properties();
      BasicProperties.validate(properties.raw());
      assertThat(properties.toBuilder().build()).isEqualTo(properties);
      properties
          .headers()
          .fields()
          .forEach((name, value) -> assertThat(properties.header(name)).isEqualTo(value));
      assertThat(properties.header("not there")).isNull();
    }
  }

  @Test
  void properties_without_their_last_byte_are_malformed() {
    for (int round = 0; round < 500; round++) {
      byte[] raw = random.properties().raw();
      for (int length = 0; length < raw.length; length++) {
        byte[] cut = Arrays.copyOf(raw, length);
        assertSyntaxError(() -> BasicProperties.validate(cut));
      }
    }
  }

  @Test
  void validated_headers_can_always_be_decoded() {
    int valid = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] raw = BasicProperties.builder().headers(random.table(3)).build().raw();
      for (int changes = 1 + random.below(3); changes > 0; changes--) {
        raw[2 + random.below(raw.length - 2)] = (byte) random.octet();
      }
      AmqpException refused =
          catchThrowableOfType(AmqpException.class, () -> BasicProperties.validate(raw));
      if (refused == null) {
        valid++;
        new BasicProperties(raw).headers();
      } else {
        assertThat(
                catchThrowableOfType(AmqpException.class, () -> new BasicProperties(raw).headers()))
            .satisfiesAnyOf(
                e -> assertThat(e).isNotNull(),
                e -> assertThat(refused.text()).contains("follow the last property"));
      }
    }
    assertThat(valid).isGreaterThan(1000);
  }

  @Test
  void expiration_is_a_number_or_is_said_not_to_be() {
    assertThat(BasicProperties.NONE.expirationMillis()).isEqualTo(-1);
    assertThat(expiration("60000")).isEqualTo(60_000);
    assertThat(expiration("0")).isZero();
    for (String bad : List.of("", "-1", "1.5", "abc", "1 ", "1234567890123456789")) {
      assertThat(expiration(bad)).as(bad).isEqualTo(-2);
    }
  }

  @Test
  void reply_text_is_cut_to_a_short_string_between_characters() {
    AmqpException error = new AmqpException(ReplyCode.NOT_FOUND, "é".repeat(200), 50, 10);
    ConnectionMethod.Close close = ConnectionMethod.Close.of(error);
    assertThat(close.replyText()).startsWith("NOT_FOUND - éé").doesNotContain("\ufffd");
    assertThat(new WireWriter().shortString(close.replyText()).length()).isBetween(254, 256);
    assertThat(error.level()).isEqualTo(ReplyCode.Level.CHANNEL);
    assertThat(error.onConnectionLevel().level()).isEqualTo(ReplyCode.Level.CONNECTION);
    assertThat(error).hasMessageContaining("404 NOT_FOUND").hasMessageContaining("50,10");
  }

  @Test
  void values_that_do_not_fit_their_type_are_refused_before_they_are_written() {
    assertThatThrownBy(() -> new WireWriter().shortString("x".repeat(256)))
        .hasMessageContaining("255");
    assertThatThrownBy(() -> new FieldValue.Int(IntType.UINT8, 256)).hasMessageContaining("256");
    assertThatThrownBy(() -> new FieldValue.Decimal(new BigDecimal("3000000000")))
        .hasMessageContaining("3000000000");
  }

  private static long expiration(String text) {
    return BasicProperties.builder().priority(3).expiration(text).build().expirationMillis();
  }

  private static FieldValue value(String hex) {
    byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);
    byte[] table = new WireWriter().shortString("x").raw(bytes, 0, bytes.length).toByteArray();
    FieldValue value = new WireReader(ByteBuffer.wrap(table)).tableWithoutLength().get("x");
    assertThat(value).isNotNull();
    BasicProperties headers =
        new BasicProperties(
            headersOf(
                new WireWriter().longInt(table.length).raw(table, 0, table.length).toByteArray()));
    BasicProperties.validate(headers.raw());
    assertThat(headers.header("x")).isEqualTo(value);
    return value;
  }

  private static byte[] headersOf(byte[] table) {
    return new WireWriter().shortInt(0x2000).raw(table, 0, table.length).toByteArray();
  }

  /** A table with nests in it, so many levels in all. */
  private static byte[] nested(char kind, int levels) {
    byte[] inner = {};
    for (int level = 1; level < levels; level++) {
      boolean outermost = level == levels - 1;
      WireWriter out = new WireWriter();
      if (kind == 'F' || outermost) {
        out.shortString("n");
      }
      inner = out.octet(kind).longInt(inner.length).raw(inner, 0, inner.length).toByteArray();
    }
    return new WireWriter().longInt(inner.length).raw(inner, 0, inner.length).toByteArray();
  }

  private static void assertSyntaxError(Runnable action) {
    AmqpException error = catchThrowableOfType(AmqpException.class, action::run);
    assertThat(error).isNotNull();
    assertThat(error.replyCode()).isEqualTo(ReplyCode.SYNTAX_ERROR);
  }
}
