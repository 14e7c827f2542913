package io.correio.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.core.message.Message;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCodecTest {

  private static ByteBuffer written(MessageCodec codec, Message message) {
    ByteBuffer buffer =
        ByteBuffer.allocate(codec.encodedSize(message)).order(ByteOrder.LITTLE_ENDIAN);
    codec.write(buffer, message);
    return buffer.flip();
  }

  private static void assertAlike(Message read, Message written) {
    assertThat(read.envelope()).isEqualTo(written.envelope());
    assertThat(read.content().format()).isEqualTo(written.content().format());
    assertThat(read.content().head()).isEqualTo(written.content().head());
    assertThat(read.content().body()).isEqualTo(written.content().body());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void messages_come_back_as_they_were(long seed) {
    Random random = new Random(seed);
    RandomFacts facts = new RandomFacts(random);
    MessageCodec writer = new MessageCodec();
    MessageCodec reader = new MessageCodec();
    Message message = facts.message();
    for (int i = 0; i < 2_000; i++) {
      // Now and then the same address again, which both sides remember.
      message = random.nextInt(3) == 0 ? message : facts.message();
      ByteBuffer buffer = written(writer, message);
      assertThat(MessageCodec.besideSequence(buffer, 7)).isZero();
      assertAlike(reader.read(buffer), message);
      assertThat(buffer.hasRemaining()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 50})
  void places_in_several_lanes_come_back_with_the_message(int lanes) {
    Random random = new Random(lanes);
    MessageCodec codec = new MessageCodec();
    Message message = new RandomFacts(random).message();
    long[] ids = random.longs(lanes, 1, Long.MAX_VALUE).toArray();
    long[] places = random.longs(lanes, 1, Long.MAX_VALUE).toArray();
    ByteBuffer buffer =
        ByteBuffer.allocate(codec.encodedSize(message) + MessageCodec.placesSize(lanes))
            .order(ByteOrder.LITTLE_ENDIAN);
    codec.write(buffer, message, ids, places);
    assertThat(buffer.flip().remaining()).isEqualTo(buffer.capacity());
    for (int i = 0; i < lanes; i++) {
      assertThat(MessageCodec.besideSequence(buffer, ids[i])).isEqualTo(places[i]);
    }
    assertThatThrownBy(() -> MessageCodec.besideSequence(buffer, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no place for lane 0");
    assertAlike(codec.read(buffer), message);
  }

  @Test
  void same_address_is_one_object() {
    MessageCodec codec = new MessageCodec();
    Message message = new RandomFacts(new Random(4)).message();
    Message first = new MessageCodec().read(written(codec, message));
    MessageCodec reader = new MessageCodec();
    Message second = reader.read(written(codec, message));
    Message third = reader.read(written(codec, message));
    assertThat(second.envelope().address()).isEqualTo(first.envelope().address());
    assertThat(third.envelope().address()).isSameAs(second.envelope().address());
  }

  @Test
  void record_that_holds_no_message_is_refused() {
    ByteBuffer buffer = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put((byte) 3).clear();
    assertThatThrownBy(() -> new MessageCodec().read(buffer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tag 3");
  }
}
