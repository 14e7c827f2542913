package io.correio.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.Definition.Field;
import io.correio.amqp.v091.Definition.MethodOf;
import io.correio.amqp.v091.method.AccessMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.MethodCodec;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.LongString;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.amqp.v091.wire.WireReader;
import io.correio.amqp.v091.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The codec against the protocol's machine-readable definition: an encoder driven by the definition
 * alone writes each method, our decoder must find the same values under the same names, and our
 * encoder must give the same bytes.
 */
@Spec(value = "AMQP 0-9-1", section = "1.3")
final class DefinitionTest {
  private static final int ROUNDS = 50;

  /** What RabbitMQ added after the extended definition was written. */
  private static final List<MethodOf> LATER =
      List.of(
          addition(60, "blocked", List.of(), new Field("reason", "shortstr", false)),
          addition(61, "unblocked", List.of()),
          addition(
              70,
              "update-secret",
              List.of("update-secret-ok"),
              new Field("new-secret", "longstr", false),
              new Field("reason", "shortstr", false)),
          addition(71, "update-secret-ok", List.of()));

  private final RandomValues random = new RandomValues(91);

  @Test
  void every_method_has_the_fields_of_the_definition_in_their_order() throws Exception {
    for (MethodOf each : all()) {
      for (int round = 0; round < ROUNDS; round++) {
        Map<String, Object> values = new TreeMap<>();
        byte[] encoded = encode(each, values);
        Method method = MethodCodec.decode(new WireReader(ByteBuffer.wrap(encoded)));

        assertThat(componentsOf(method)).as(each.toString()).isEqualTo(values);
        WireWriter out = new WireWriter();
        MethodCodec.encode(method, out);
        assertThat(out.toByteArray()).as(each.toString()).isEqualTo(encoded);
      }
    }
  }

  @Test
  void every_method_has_the_numbers_name_content_and_replies_of_the_definition() {
    for (MethodOf each : all()) {
      Method method =
          MethodCodec.decode(new WireReader(ByteBuffer.wrap(encode(each, new TreeMap<>()))));
      assertThat(method.classId()).isEqualTo(each.classId());
      assertThat(method.methodId()).isEqualTo(each.id());
      assertThat(method.protocolName()).isEqualTo(each.className() + "." + each.name());
      assertThat(method instanceof ContentMethod).as(each.toString()).isEqualTo(each.content());
      assertThat(method.replies())
          .as(each.toString())
          .extracting(reply -> kebab(reply.getSimpleName()))
          .containsExactlyElementsOf(repliesOf(each));
    }
  }

  @Test
  void there_is_no_method_that_no_definition_has() {
    Set<String> known = new TreeSet<>();
    all().forEach(each -> known.add(each.className() + "." + each.name()));
    known.addAll(Set.of("access.request", "access.request-ok"));
    Set<String> ours = new TreeSet<>();
    for (Class<? extends Method> each : RandomValues.methodClasses()) {
      ours.add(random.method(each).protocolName());
    }
    assertThat(ours).isEqualTo(known);
  }

  @Test
  void every_published_method_without_extensions_is_decoded() {
    for (MethodOf each : Definition.published().methods()) {
      byte[] encoded = encode(each, new TreeMap<>());
      Method method = MethodCodec.decode(new WireReader(ByteBuffer.wrap(encoded)));
      assertThat(method.protocolName()).isEqualTo(each.className() + "." + each.name());
    }
  }

  @Test
  void access_request_of_the_previous_version_is_understood() throws Exception {
    List<MethodOf> methods =
        Definition.previous().methods().stream()
            .filter(each -> each.classId() == AccessMethod.CLASS_ID)
            .toList();
    assertThat(methods).hasSize(2);
    for (MethodOf each : methods) {
      Map<String, Object> values = new TreeMap<>();
      byte[] encoded = encode(each, values);
      Method method = MethodCodec.decode(new WireReader(ByteBuffer.wrap(encoded)));
      assertThat(componentsOf(method)).isEqualTo(values);
    }
  }

  @Test
  void any_other_number_is_not_implemented() {
    Set<Integer> known = new TreeSet<>(Set.of(30 << 16 | 10, 30 << 16 | 11));
    all().forEach(each -> known.add(each.classId() << 16 | each.id()));
    for (int classId = 0; classId < 130; classId++) {
      for (int methodId = 0; methodId < 130; methodId++) {
        if (!known.contains(classId << 16 | methodId)) {
          byte[] bytes = {0, (byte) classId, 0, (byte) methodId};
          assertThatThrownBy(() -> MethodCodec.decode(new WireReader(ByteBuffer.wrap(bytes))))
              .isInstanceOfSatisfying(
                  AmqpException.class,
                  e -> assertThat(e.replyCode()).isEqualTo(ReplyCode.NOT_IMPLEMENTED));
        }
      }
    }
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "1.2")
  void every_reply_code_has_number_and_level_of_the_definition() {
    Set<ReplyCode> seen = new TreeSet<>();
    for (Definition.Constant each : Definition.extended().constants()) {
      if (each.value() < 200
          || each.name().equals("frame-min-size")
          || each.name().equals("frame-end")) {
        continue;
      }
      ReplyCode code = ReplyCode.of(each.value());
      assertThat(code).as(each.name()).isNotNull();
      assertThat(code.name()).isEqualTo(each.name().replace('-', '_').toUpperCase(Locale.ROOT));
      assertThat(code.level())
          .isEqualTo(
              switch (each.level()) {
                case "soft-error" -> ReplyCode.Level.CHANNEL;
                case "hard-error" -> ReplyCode.Level.CONNECTION;
                default -> ReplyCode.Level.NONE;
              });
      seen.add(code);
    }
    Set<ReplyCode> all = new TreeSet<>(Set.of(ReplyCode.values()));
    all.remove(ReplyCode.NO_ROUTE);
    assertThat(seen).isEqualTo(all);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.3")
  void the_numbers_of_the_frame_layer_are_those_of_the_definition() {
    Map<String, Integer> constants = new TreeMap<>();
    Definition.extended().constants().forEach(each -> constants.put(each.name(), each.value()));
    assertThat(constants)
        .containsEntry("frame-method", Frames.METHOD)
        .containsEntry("frame-header", Frames.HEADER)
        .containsEntry("frame-body", Frames.BODY)
        .containsEntry("frame-heartbeat", Frames.HEARTBEAT)
        .containsEntry("frame-min-size", Frames.FRAME_MIN_BYTES)
        .containsEntry("frame-end", Frames.END & 0xff);
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.6.1")
  void every_property_of_a_content_is_where_the_definition_puts_it() {
    List<Field> properties =
        Definition.extended().classes().stream()
            .filter(each -> each.name().equals("basic"))
            .findFirst()
            .orElseThrow()
            .properties();
    assertThat(properties).hasSize(14);
    for (int round = 0; round < 500; round++) {
      Map<String, Object> values = new TreeMap<>();
      WireWriter list = new WireWriter();
      int flags = 0;
      for (int i = 0; i < properties.size(); i++) {
        if (random.bool()) {
          flags |= 1 << (15 - i);
          Object value = write(properties.get(i).type(), list);
          values.put(properties.get(i).name(), value);
        }
      }
      byte[] listed = list.toByteArray();
      byte[] raw = new WireWriter().shortInt(flags).raw(listed, 0, listed.length).toByteArray();
      BasicProperties.validate(raw);
      assertThat(valuesOf(new BasicProperties(raw))).isEqualTo(values);
    }
  }

  private static Map<String, Object> valuesOf(BasicProperties properties) {
    Map<String, Object> values = new TreeMap<>();
    put(values, "content-type", properties.contentType());
    put(values, "content-encoding", properties.contentEncoding());
    put(values, "headers", properties.hasHeaders() ? properties.headers() : null);
    put(values, "delivery-mode", properties.deliveryMode() == 0 ? null : properties.deliveryMode());
    put(values, "priority", properties.priority() < 0 ? null : properties.priority());
    put(values, "correlation-id", properties.correlationId());
    put(values, "reply-to", properties.replyTo());
    put(values, "expiration", properties.expiration());
    put(values, "message-id", properties.messageId());
    properties.timestamp().ifPresent(seconds -> values.put("timestamp", seconds));
    put(values, "type", properties.type());
    put(values, "user-id", properties.userId());
    put(values, "app-id", properties.appId());
    put(values, "reserved", properties.clusterId());
    return values;
  }

  private static void put(Map<String, Object> values, String name, @Nullable Object value) {
    if (value != null) {
      values.put(name, value);
    }
  }

  private static List<MethodOf> all() {
    List<MethodOf> all = new ArrayList<>(Definition.extended().methods());
    all.addAll(LATER);
    return all;
  }

  private static MethodOf addition(int id, String name, List<String> replies, Field... fields) {
    return new MethodOf("connection", 10, name, id, false, List.of(fields), replies);
  }

  /** The definition leaves out that recover is answered, which its text says. */
  private static List<String> repliesOf(MethodOf method) {
    boolean recover = method.className().equals("basic") && method.name().equals("recover");
    return recover ? List.of("recover-ok") : method.responses();
  }

  private byte[] encode(MethodOf method, Map<String, Object> values) {
    WireWriter out = new WireWriter().shortInt(method.classId()).shortInt(method.id());
    int bits = 0;
    int bitCount = 0;
    for (Field field : method.fields()) {
      if (field.type().equals("bit")) {
        boolean value = !field.reserved() && random.bool();
        bits |= (value ? 1 : 0) << bitCount++;
        if (!field.reserved()) {
          values.put(componentName(method, field), value);
        }
        continue;
      }
      if (bitCount > 0) {
        out.octet(bits);
        bits = 0;
        bitCount = 0;
      }
      if (field.reserved()) {
        writeNothing(field.type(), out);
      } else {
        values.put(componentName(method, field), write(field.type(), out));
      }
    }
    return (bitCount > 0 ? out.octet(bits) : out).toByteArray();
  }

  private Object write(String type, WireWriter out) {
    return switch (type) {
      case "octet" -> {
        int value = 1 + random.below(255);
        out.octet(value);
        yield value;
      }
      case "short" -> {
        int value = random.unsignedShort();
        out.shortInt(value);
        yield value;
      }
      case "long" -> {
        long value = random.unsignedInt();
        out.longInt(value);
        yield value;
      }
      case "longlong", "timestamp" -> {
        long value = random.longLong();
        out.longLong(value);
        yield value;
      }
      case "shortstr" -> {
        String value = random.shortString();
        out.shortString(value);
        yield value;
      }
      case "longstr" -> {
        LongString value = LongString.of(random.shortString());
        out.longString(value);
        yield value;
      }
      case "table" -> {
        FieldTable value = random.table(2);
        out.table(value);
        yield value;
      }
      default -> throw new AssertionError("type " + type);
    };
  }

  private static void writeNothing(String type, WireWriter out) {
    switch (type) {
      case "short" -> out.shortInt(0);
      case "shortstr" -> out.shortString("");
      case "longstr" -> out.longString("");
      default -> throw new AssertionError("reserved field of type " + type);
    }
  }

  private static Map<String, Object> componentsOf(Method method)
      throws ReflectiveOperationException {
    Map<String, Object> values = new TreeMap<>();
    for (var component : method.getClass().getRecordComponents()) {
      Object value = component.getAccessor().invoke(method);
      assertThat(value).isNotNull();
      boolean longString = Set.of("mechanisms", "locales").contains(component.getName());
      values.put(component.getName(), longString ? LongString.of((String) value) : value);
    }
    return values;
  }

  private static String componentName(MethodOf method, Field field) {
    if (method.name().equals("close") && field.name().equals("class-id")) {
      return "failedClassId";
    } else if (method.name().equals("close") && field.name().equals("method-id")) {
      return "failedMethodId";
    } else if (field.name().equals("nowait")) {
      return "noWait";
    }
    return Pattern.compile("-(.)")
        .matcher(field.name())
        .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }

  private static String kebab(String simpleName) {
    return simpleName.replaceAll("(?<=[a-z])([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
