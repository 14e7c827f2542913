package io.correio.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.core.message.Address;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Fact;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactCodecTest {

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void facts_come_back_as_they_were_and_need_no_more_room_than_they_said(long seed) {
    RandomFacts facts = new RandomFacts(new Random(seed));
    for (int i = 0; i < 3_000; i++) {
      Fact fact = facts.fact();
      ByteBuffer buffer = buffer(FactCodec.maxSize(fact));
      FactCodec.write(buffer, fact);
      assertThat(FactCodec.read(buffer.flip())).isEqualTo(fact);
      assertThat(buffer.hasRemaining()).isFalse();
    }
  }

  @Test
  void several_stand_one_after_the_other() {
    RandomFacts facts = new RandomFacts(new Random(7));
    List<Fact> written = new ArrayList<>();
    ByteBuffer buffer = buffer(1 << 20);
    for (int i = 0; i < 100; i++) {
      Fact fact = facts.fact();
      written.add(fact);
      FactCodec.write(buffer, fact);
    }
    List<Fact> read = new ArrayList<>();
    buffer.flip();
    while (buffer.hasRemaining()) {
      read.add(FactCodec.read(buffer));
    }
    assertThat(read).isEqualTo(written);
  }

  @Test
  void purge_keeps_its_exceptions() {
    RandomFacts facts = new RandomFacts(new Random(8));
    for (int i = 0; i < 200; i++) {
      Fact.Purged fact = facts.purged();
      ByteBuffer buffer = buffer(FactCodec.maxSize(fact));
      FactCodec.write(buffer, fact);
      assertThat(FactCodec.read(buffer.flip()))
          .isInstanceOfSatisfying(
              Fact.Purged.class,
              read -> {
                assertThat(read.lane()).isEqualTo(fact.lane());
                assertThat(read.upTo()).isEqualTo(fact.upTo());
                assertThat(read.kept()).containsExactly(fact.kept());
              });
    }
  }

  @Test
  void fact_with_a_message_has_no_place_here() {
    Message message =
        new Message(
            new Envelope(new Address("", ""), true, 0, Envelope.NO_EXPIRY),
            new Content(1, new byte[0], new byte[0]));
    Fact fact = new Fact.Enqueued(message, new long[] {2}, new long[] {1});
    assertThatThrownBy(() -> FactCodec.maxSize(fact)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FactCodec.write(buffer(100), fact))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fact_of_a_later_release_is_refused_with_a_remedy() {
    for (byte tag : new byte[] {0, 1, 6, 9, 16, 19, 26, 99, -1}) {
      assertThatThrownBy(() -> FactCodec.read(ByteBuffer.wrap(new byte[] {tag})))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("kind " + tag)
          .hasMessageContaining("start the release that wrote it");
    }
  }

  @Test
  void fact_that_is_cut_off_is_not_read() {
    RandomFacts facts = new RandomFacts(new Random(9));
    for (int i = 0; i < 300; i++) {
      Fact fact = facts.fact();
      ByteBuffer buffer = buffer(FactCodec.maxSize(fact));
      FactCodec.write(buffer, fact);
      ByteBuffer cut = buffer.flip().slice(0, buffer.limit() - 1).order(ByteOrder.LITTLE_ENDIAN);
      assertThatThrownBy(() -> FactCodec.read(cut))
          .isInstanceOfAny(BufferUnderflowException.class, IllegalArgumentException.class);
    }
  }
}
