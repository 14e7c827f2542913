package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.BasicPropertiesBuilder;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v091.wire.FieldValue.IntType;
import io.correio.amqp.v091.wire.LongString;
import io.correio.core.message.Address;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.UnsignedInteger;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.ApplicationProperties;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Footer;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.MessageAnnotations;
import org.apache.qpid.protonj2.types.messaging.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of every shape, by seeds: what both protocols can say survives. */
final class RandomConversionTest {
  private static final int ROUNDS = 700;
  private static final List<IntType> INT_TYPES = List.of(IntType.values());

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void message_of_0_9_1_survives_a_passage_through_1_0(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      BasicProperties from = properties(random);
      byte[] body = new byte[random.nextInt(300)];
      random.nextBytes(body);
      BasicProperties back = ConversionTest.backTo091(from, body);
      assertThat(back.toBuilder().headers(null).build())
          .as("seed %d round %d", seed, round)
          .isEqualTo(from.toBuilder().headers(null).build());
      assertThat(back.headers()).as("seed %d round %d", seed, round).isEqualTo(from.headers());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void message_of_1_0_reaches_1_0_unaltered_and_everybody_else(long seed) throws Exception {
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] hop = random.nextBoolean() ? Proton.encode(new Header()) : new byte[0];
      byte[] annotations =
          random.nextBoolean() ? Proton.encode(new MessageAnnotations(map(random))) : new byte[0];
      byte[] bare = Proton.encode(bare(random));
      byte[] whole = new byte[hop.length + annotations.length + bare.length];
      System.arraycopy(hop, 0, whole, 0, hop.length);
      System.arraycopy(annotations, 0, whole, hop.length, annotations.length);
      System.arraycopy(bare, 0, whole, hop.length + annotations.length, bare.length);
      Amqp10Message decoded = Amqp10Message.decode(whole, 0, whole.length);
      Envelope envelope = new Envelope(new Address("e", "k"), true, 4, Envelope.NO_EXPIRY);
      Message message = new Message(envelope, decoded.content());
      byte[] sent = Amqp10Encoding.encode(message, 0, false);
      assertThat(sent).as("seed %d round %d", seed, round).endsWith(bare);
      byte[] again = Amqp10Encoding.encode(decodedAgain(sent, envelope), 0, false);
      assertThat(again).isEqualTo(sent);
      BasicProperties.validate(Amqp091Encoding.properties(message));
      BasicProperties basic = new BasicProperties(Amqp091Encoding.properties(message));
      byte[] body = Amqp091Encoding.body(message);
      assertThat(ConversionTest.backTo091(basic, body).type()).isEqualTo(basic.type());
    }
  }

  private static Message decodedAgain(byte[] sent, Envelope envelope) throws Exception {
    return new Message(envelope, Amqp10Message.decode(sent, 0, sent.length).content());
  }

  // ---- messages of 0-9-1, of what 1.0 can say ------------------------------------------------

  private static BasicProperties properties(Random random) {
    BasicPropertiesBuilder builder = BasicProperties.builder().deliveryMode(1 + random.nextInt(2));
    List<Runnable> all =
        List.of(
            () -> builder.contentType(ascii(random, 255)),
            () -> builder.contentEncoding(ascii(random, 255)),
            () -> builder.priority(random.nextInt(256)),
            () -> builder.correlationId(id(random)),
            () -> builder.replyTo(text(random, 60)),
            () -> builder.expiration(Long.toString(random.nextLong(1L << 32))),
            () -> builder.messageId(id(random)),
            () -> builder.timestamp(random.nextInt()),
            () -> builder.type(text(random, 60)),
            () -> builder.userId(text(random, 60)),
            () -> builder.appId(text(random, 60)),
            () -> headers(random, builder));
    for (Runnable each : all) {
      if (random.nextBoolean()) {
        each.run();
      }
    }
    return builder.build();
  }

  private static void headers(Random random, BasicPropertiesBuilder builder) {
    FieldTable.Builder headers = FieldTable.builder();
    headers.put("first", 1);
    for (int left = random.nextInt(40); left > 0; left--) {
      if (random.nextBoolean()) {
        headers.put("h" + text(random, 60), field(random, 0));
      } else {
        headers.put("x-h" + ascii(random, 200), field(random, 3));
      }
    }
    builder.headers(headers.build());
  }

  private static FieldValue field(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 11 : 9)) {
      case 0 -> new FieldValue.Bool(random.nextBoolean());
      case 1, 2 -> integer(random);
      case 3 -> new FieldValue.Float32(random.nextFloat());
      case 4 -> new FieldValue.Float64(random.nextGaussian());
      case 5 ->
          new FieldValue.Decimal(
              new BigDecimal(BigInteger.valueOf(random.nextInt()), random.nextInt(256)));
      case 6 -> FieldValue.of(text(random, 400));
      case 7 -> new FieldValue.Timestamp(random.nextInt());
      case 8 -> random.nextBoolean() ? new FieldValue.NoValue() : binary(random);
      case 9 -> {
        List<FieldValue> values = new ArrayList<>();
        for (int left = random.nextInt(5); left > 0; left--) {
          values.add(field(random, depth - 1));
        }
        yield new FieldValue.Array(values);
      }
      default -> {
        FieldTable.Builder table = FieldTable.builder();
        for (int left = random.nextInt(5); left > 0; left--) {
          table.put(text(random, 60), field(random, depth - 1));
        }
        yield table.build();
      }
    };
  }

  private static FieldValue integer(Random random) {
    IntType type = INT_TYPES.get(random.nextInt(INT_TYPES.size()));
    long value = random.nextLong() >> random.nextInt(64);
    return new FieldValue.Int(
        type,
        switch (type) {
          case INT8 -> (byte) value;
          case UINT8 -> value & 0xff;
          case INT16 -> (short) value;
          case UINT16 -> value & 0xffff;
          case INT32 -> (int) value;
          case UINT32 -> value & 0xffff_ffffL;
          case INT64 -> value;
        });
  }

  private static FieldValue binary(Random random) {
    byte[] octets = new byte[random.nextInt(400)];
    random.nextBytes(octets);
    return new FieldValue.Binary(LongString.of(octets));
  }

  private static String id(Random random) {
    return random.nextBoolean()
        ? "urn:uuid:" + new UUID(random.nextLong(), random.nextLong())
        : text(random, 60);
  }

  private static String ascii(Random random, int maxLength) {
    return "a".repeat(random.nextInt(maxLength + 1));
  }

  /** At most four octets for each of so many characters. */
  private static String text(Random random, int maxCharacters) {
    StringBuilder text = new StringBuilder();
    for (int left = random.nextInt(maxCharacters + 1); left > 0; left--) {
      text.appendCodePoint("aé€😀".codePointAt(random.nextInt(4)));
    }
    return text.toString();
  }

  // ---- messages of 1.0 -----------------------------------------------------------------------

  private static Object[] bare(Random random) {
    List<Object> sections = new ArrayList<>();
    if (random.nextBoolean()) {
      Properties properties = new Properties();
      properties.setMessageId(UnsignedLong.valueOf(random.nextLong()));
      properties.setUserId(new Binary(text(random, 90).getBytes(UTF_8)));
      properties.setReplyTo(text(random, 90));
      properties.setCorrelationId(text(random, 90));
      properties.setContentType(ascii(random, 300));
      properties.setGroupId(text(random, 90));
      properties.setCreationTime(random.nextLong());
      sections.add(properties);
    }
    if (random.nextBoolean()) {
      Map<String, Object> properties = new LinkedHashMap<>();
      map(random).forEach((name, value) -> properties.put(name.toString(), value));
      sections.add(new ApplicationProperties(properties));
    }
    switch (random.nextInt(4)) {
      case 0 -> sections.add(new AmqpValue<>(value(random, 4)));
      case 1 -> sections.add(new AmqpSequence<>(List.of(value(random, 4), value(random, 4))));
      case 2 -> sections.add(new Data(new byte[random.nextInt(1_000)]));
      default -> {
        sections.add(new Data(new byte[random.nextInt(1_000)]));
        sections.add(new Data(new byte[random.nextInt(1_000)]));
      }
    }
    if (random.nextInt(4) == 0) {
      sections.add(new Footer(map(random)));
    }
    return sections.toArray();
  }

  private static Map<Symbol, Object> map(Random random) {
    Map<Symbol, Object> map = new LinkedHashMap<>();
    for (int left = random.nextInt(20); left > 0; left--) {
      map.put(Symbol.valueOf((random.nextBoolean() ? "x-" : "") + left), value(random, 3));
    }
    return map;
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 12 : 10)) {
      case 0 -> random.nextLong();
      case 1 -> random.nextInt();
      case 2 -> UnsignedLong.valueOf(random.nextLong());
      case 3 -> UnsignedInteger.valueOf(random.nextInt());
      case 4 -> text(random, 200);
      case 5 -> new Binary(new byte[random.nextInt(300)]);
      case 6 -> new UUID(random.nextLong(), random.nextLong());
      case 7 -> 'x';
      case 8 -> new long[random.nextInt(4)];
      case 9 -> Symbol.valueOf(ascii(random, 20));
      case 10 -> List.of(value(random, depth - 1), value(random, depth - 1));
      default -> Map.of(text(random, 90), value(random, depth - 1), 5L, random.nextInt());
    };
  }
}
