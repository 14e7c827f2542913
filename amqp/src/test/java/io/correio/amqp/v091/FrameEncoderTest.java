package io.correio.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.amqp.Spec;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.FieldTable;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written fast is what is written slowly, and frames keep to the agreed size. */
final class FrameEncoderTest {
  private static final int FRAME_MAX = 4096;

  private final RandomValues random = new RandomValues(21);
  private final Traffic fast = new Traffic();
  private final Traffic slow = new Traffic();

  @Test
  void frequent_methods_have_the_bytes_of_the_general_encoder() {
    for (int round = 0; round < 500; round++) {
      int channel = random.unsignedShort();
      long tag = random.longLong();
      boolean flag = random.bool();
      boolean other = random.bool();
      String consumer = random.shortString();
      String exchange = random.shortString();
      String key = random.shortString();
      byte[] exchangeBytes = FrameEncoder.shortString(exchange);
      byte[] keyBytes = FrameEncoder.shortString(key);
      long count = random.unsignedInt();

      fast.encoder.deliver(
          channel, FrameEncoder.shortString(consumer), tag, flag, exchangeBytes, keyBytes);
      slow.encoder.method(channel, new BasicMethod.Deliver(consumer, tag, flag, exchange, key));
      fast.encoder.getOk(channel, tag, flag, exchangeBytes, keyBytes, count);
      slow.encoder.method(channel, new BasicMethod.GetOk(tag, flag, exchange, key, count));
      fast.encoder.publish(channel, exchangeBytes, keyBytes, flag);
      slow.encoder.method(channel, new BasicMethod.Publish(exchange, key, flag, false));
      fast.encoder.ack(channel, tag, flag);
      slow.encoder.method(channel, new BasicMethod.Ack(tag, flag));
      fast.encoder.nack(channel, tag, flag, other);
      slow.encoder.method(channel, new BasicMethod.Nack(tag, flag, other));
      assertThat(fast.bytes()).isEqualTo(slow.bytes());
    }
  }

  @Test
  @Spec(value = "AMQP 0-9-1", section = "4.2.6.2")
  void contents_of_any_size_are_split_by_frame_max_and_arrive_whole() {
    fast.encoder.frameMax(FRAME_MAX);
    BasicMethod.Publish publish = new BasicMethod.Publish("e", "k", true, false);
    int[] sizes = {0, 1, 900, 1000, 1024, 4087, 4088, 4089, 8176, 8177, 100_000};
    for (int size : sizes) {
      for (int padding : new int[] {0, 900, 3000}) {
        byte[] properties =
            BasicProperties.builder()
                .headers(FieldTable.of("padding", "p".repeat(padding)))
                .build()
                .raw();
        byte[] body = new byte[size];
        new Random(size).nextBytes(body);
        fast.content(7, publish, properties, body);
      }
    }
    byte[] bytes = fast.bytes();
    assertThat(longestFrame(bytes)).isEqualTo(FRAME_MAX);
    RecordingHandler handler = new RecordingHandler();
    Amqp091Engine.client(FRAME_MAX, 7).receive(ByteBuffer.wrap(bytes), handler);
    assertThat(handler.calls).isEqualTo(fast.expected.calls);
  }

  @Test
  void parts_of_arrays_are_written_without_what_surrounds_them() {
    byte[] properties = BasicProperties.NONE.raw();
    byte[] around = {9, 9, properties[0], properties[1], 9, 1, 2, 3, 9};
    fast.encoder.content(1, around, 2, 2, around, 5, 3);
    slow.encoder.content(1, properties, new byte[] {1, 2, 3});
    assertThat(fast.bytes()).isEqualTo(slow.bytes());
  }

  @Test
  void what_does_not_fit_a_frame_is_refused_before_anything_is_written() {
    fast.encoder.frameMax(FRAME_MAX);
    assertThat(fast.encoder.headerFits(FRAME_MAX - 20)).isTrue();
    assertThat(fast.encoder.headerFits(FRAME_MAX - 19)).isFalse();
    assertThatThrownBy(() -> fast.encoder.content(1, new byte[FRAME_MAX - 19], new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    FieldTable large = FieldTable.of("x", "y".repeat(FRAME_MAX));
    assertThatThrownBy(
            () -> fast.encoder.method(0, new ConnectionMethod.Start(0, 9, large, "PLAIN", "en")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("connection.start");
    assertThat(fast.bytes()).isEmpty();
  }

  @Test
  void full_output_says_so() {
    BufferOutput output = new BufferOutput(5000);
    FrameEncoder encoder = new FrameEncoder(output);
    encoder.content(1, BasicProperties.NONE.raw(), new byte[4000]);
    assertThatThrownBy(() -> encoder.content(1, BasicProperties.NONE.raw(), new byte[4000]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("5000");
    output.clear();
    assertThat(output.length()).isZero();
    encoder.heartbeat();
    assertThat(output.toRead().remaining()).isEqualTo(8);
  }

  private static int longestFrame(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int longest = 0;
    for (int at = 0; at < bytes.length; ) {
      int length = in.getInt(at + 3) + Frames.OVERHEAD_BYTES;
      longest = Math.max(longest, length);
      at += length;
    }
    return longest;
  }
}
