package io.correio.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.ReplyCode;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way to break the protocol gets the reply code that the specification gives it. */
@Spec(value = "AMQP 0-9-1", section = "4.2")
final class MalformedFrameTest {
  private static final int FRAME_MAX = 8192;
  private static final int CHANNEL_MAX = 10;
  private static final BasicMethod.Publish PUBLISH =
      new BasicMethod.Publish("e", "k", false, false);
  private static final String NO_PROPERTIES_HEADER = "00 3c 00 00 00 00 00 00 00 00 00 04 00 00";

  record Case(String name, String section, UnaryOperator<Traffic> frames, ReplyCode code) {
    @Override
    public String toString() {
      return name + " (" + section + ")";
    }
  }

  static Stream<Case> cases() {
    return Stream.of(frames(), contents(), headers(), properties(), methods())
        .flatMap(cases -> cases);
  }

  private static Stream<Case> frames() {
    return Stream.of(
        new Case("unknown frame type", "4.2.3", t -> t.frame(4, 0, ""), ReplyCode.FRAME_ERROR),
        new Case("frame type 0", "4.2.3", t -> t.frame(0, 1, "00"), ReplyCode.FRAME_ERROR),
        new Case(
            "method frame without frame-end",
            "4.2.3",
            t -> t.raw("01 00 01 00 00 00 05 00 14 00 0a 00 cd"),
            ReplyCode.FRAME_ERROR),
        new Case(
            "heartbeat without frame-end",
            "4.2.7",
            t -> t.raw("08 00 00 00 00 00 00 00"),
            ReplyCode.FRAME_ERROR),
        new Case(
            "body frame without frame-end",
            "4.2.3",
            t -> announce(t, NO_PROPERTIES_HEADER).raw("03 00 01 00 00 00 04 01 02 03 04 05"),
            ReplyCode.FRAME_ERROR),
        new Case(
            "frame above frame-max",
            "4.2.3",
            t -> t.frame(Frames.METHOD, 1, new byte[FRAME_MAX - 7]),
            ReplyCode.FRAME_ERROR),
        new Case(
            "frame of 4 GiB", "4.2.3", t -> t.raw("01 00 01 ff ff ff ff"), ReplyCode.FRAME_ERROR),
        new Case("heartbeat on a channel", "4.2.7", t -> t.frame(8, 1, ""), ReplyCode.FRAME_ERROR),
        new Case(
            "heartbeat with payload", "4.2.7", t -> t.frame(8, 0, "00"), ReplyCode.FRAME_ERROR),
        new Case(
            "channel above channel-max",
            "4.2.3",
            t -> t.method(CHANNEL_MAX + 1, new ChannelMethod.Open()),
            ReplyCode.CHANNEL_ERROR));
  }

  private static Stream<Case> contents() {
    return Stream.of(
        new Case(
            "body without method", "4.2.6", t -> t.frame(3, 1, "00"), ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "body on channel 0", "4.2.6", t -> t.frame(3, 0, "00"), ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "header without method",
            "4.2.6",
            t -> t.frame(2, 1, NO_PROPERTIES_HEADER),
            ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "body instead of header",
            "4.2.6",
            t -> publish(t).frame(3, 1, "00"),
            ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "method instead of header",
            "4.2.6",
            t -> publish(t).method(1, new ChannelMethod.Open()),
            ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "method instead of body",
            "4.2.6",
            t -> announce(t, NO_PROPERTIES_HEADER).method(1, new ChannelMethod.Open()),
            ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "second header",
            "4.2.6",
            t -> announce(t, NO_PROPERTIES_HEADER).frame(2, 1, NO_PROPERTIES_HEADER),
            ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "more body than announced",
            "4.2.6",
            t -> announce(t, NO_PROPERTIES_HEADER).frame(3, 1, "01 02 03 04 05"),
            ReplyCode.UNEXPECTED_FRAME));
  }

  private static Stream<Case> headers() {
    return Stream.of(
        new Case(
            "header of another class",
            "4.2.6.1",
            t -> announce(t, "00 32 00 00 00 00 00 00 00 00 00 04 00 00"),
            ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "header with a weight",
            "4.2.6.1",
            t -> announce(t, "00 3c 00 01 00 00 00 00 00 00 00 04 00 00"),
            ReplyCode.UNEXPECTED_FRAME),
        new Case(
            "body of 2^63 bytes",
            "4.2.6.1",
            t -> announce(t, "00 3c 00 00 80 00 00 00 00 00 00 00 00 00"),
            ReplyCode.SYNTAX_ERROR));
  }

  private static Stream<Case> properties() {
    return Stream.of(
        property("no flags", ""),
        property("half the flags", "00"),
        property("undefined flag", "00 02"),
        property("continued flags", "00 01 00 00"),
        property("bytes behind the list", "00 00 00"),
        property("content-type cut off", "80 00 05 61"),
        property("priority missing", "08 00"),
        property("timestamp cut off", "00 40 00 00 00 00"),
        property("headers cut off", "20 00 00 00 00 05 01 61"),
        property("headers of 4 GiB", "20 00 ff ff ff ff"),
        property("header without value", "20 00 00 00 00 02 01 61"),
        property("header of unknown type", "20 00 00 00 00 03 01 61 7a"),
        property("header with text beyond the table", "20 00 00 00 00 07 01 61 53 00 00 00 01"),
        property("header with number cut off", "20 00 00 00 00 04 01 61 49 00"));
  }

  private static Stream<Case> methods() {
    return Stream.of(
        method("no method number", 1, "00 14", ReplyCode.SYNTAX_ERROR),
        method("unknown class", 1, "00 0b 00 0a", ReplyCode.NOT_IMPLEMENTED),
        method("unknown method", 1, "00 14 00 0c", ReplyCode.NOT_IMPLEMENTED),
        method("method of channel 0 on 1", 1, "00 0a 00 33", ReplyCode.COMMAND_INVALID),
        method("channel.open on channel 0", 0, "00 14 00 0a 00", ReplyCode.COMMAND_INVALID),
        method("publish on channel 0", 0, "00 3c 00 28 00 00 00 00 00", ReplyCode.COMMAND_INVALID),
        method("arguments missing", 1, "00 14 00 14", ReplyCode.SYNTAX_ERROR),
        method("bytes behind the arguments", 1, "00 14 00 14 01 00", ReplyCode.SYNTAX_ERROR),
        method("publish cut off", 1, "00 3c 00 28 00 00 05 61", ReplyCode.SYNTAX_ERROR),
        method(
            "bytes behind a publish", 1, "00 3c 00 28 00 00 00 00 00 00", ReplyCode.SYNTAX_ERROR),
        method(
            "routing key that is not UTF-8",
            1,
            "00 3c 00 28 00 00 00 01 ff 00",
            ReplyCode.SYNTAX_ERROR),
        method(
            "queue name that is not UTF-8",
            1,
            "00 32 00 1e 00 00 02 c3 28 00",
            ReplyCode.SYNTAX_ERROR),
        declare("table longer than the frame", "00 00 00 10"),
        declare("table of 4 GiB", "ff ff ff ff"),
        declare("field without value", "00 00 00 02 01 61"),
        declare("field name beyond the table", "00 00 00 02 09 61"),
        declare("field of unknown type", "00 00 00 03 01 61 7a"),
        declare("text beyond the table", "00 00 00 08 01 61 53 00 00 00 02 62"),
        declare("array beyond the table", "00 00 00 07 01 61 41 00 00 00 01"),
        declare("number cut off", "00 00 00 04 01 61 49 00"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void malformed_input_gets_its_reply_code(Case each) {
    byte[] bytes = each.frames().apply(new Traffic().protocolHeader()).bytes();
    for (int piece : new int[] {bytes.length, 1}) {
      Amqp091Engine engine = Amqp091Engine.server(FRAME_MAX, CHANNEL_MAX);
      AmqpException error =
          catchThrowableOfType(AmqpException.class, () -> receive(engine, bytes, piece));
      assertThat(error).isNotNull();
      assertThat(error.replyCode()).isEqualTo(each.code());
      assertThat(error.level()).isEqualTo(ReplyCode.Level.CONNECTION);
      assertThat(error.replyText()).startsWith(each.code().name() + " - ").hasSizeLessThan(256);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void engine_goes_on_behind_an_error_unless_frames_cannot_be_told_apart(Case each) {
    byte[] bytes = each.frames().apply(new Traffic().protocolHeader()).bytes();
    Amqp091Engine engine = Amqp091Engine.server(FRAME_MAX, CHANNEL_MAX);
    RecordingHandler handler = new RecordingHandler();
    ByteBuffer in = ByteBuffer.wrap(new Traffic().raw(bytes).heartbeat().bytes());
    assertThat(catchThrowableOfType(AmqpException.class, () -> engine.receive(in, handler)))
        .isNotNull();
    engine.receive(in, handler);
    assertThat(handler.calls.contains("heartbeat")).isEqualTo(each.code() != ReplyCode.FRAME_ERROR);
  }

  @Test
  void largest_frame_and_highest_channel_agreed_are_accepted() {
    Amqp091Engine engine = Amqp091Engine.server(FRAME_MAX, CHANNEL_MAX);
    RecordingHandler handler = new RecordingHandler();
    Traffic traffic = new Traffic().protocolHeader();
    traffic.encoder.frameMax(FRAME_MAX);
    traffic.content(CHANNEL_MAX, PUBLISH, BasicProperties.NONE.raw(), new byte[FRAME_MAX - 8]);
    assertThat(traffic.bytes()).hasSize(8 + 19 + 22 + FRAME_MAX);
    engine.receive(ByteBuffer.wrap(traffic.bytes()), handler);
    assertThat(handler.calls).isEqualTo(traffic.expected.calls);
  }

  private static Traffic publish(Traffic traffic) {
    traffic.encoder.method(1, PUBLISH);
    return traffic;
  }

  private static Traffic announce(Traffic traffic, String header) {
    return publish(traffic).frame(Frames.HEADER, 1, header);
  }

  private static Case property(String name, String list) {
    String header = "00 3c 00 00 00 00 00 00 00 00 00 00" + (list.isEmpty() ? "" : " " + list);
    return new Case(name, "4.2.6.1", t -> announce(t, header), ReplyCode.SYNTAX_ERROR);
  }

  private static Case method(String name, int channel, String payload, ReplyCode code) {
    return new Case(name, "4.2.4", t -> t.frame(Frames.METHOD, channel, payload), code);
  }

  private static Case declare(String name, String table) {
    String payload = "00 32 00 0a 00 00 01 71 00 " + table;
    return new Case(
        name, "4.2.5.5", t -> t.frame(Frames.METHOD, 1, payload), ReplyCode.SYNTAX_ERROR);
  }

  private static void receive(Amqp091Engine engine, byte[] bytes, int piece) {
    for (int at = 0; at < bytes.length; at += piece) {
      engine.receive(
          ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)), new RecordingHandler());
    }
  }
}
