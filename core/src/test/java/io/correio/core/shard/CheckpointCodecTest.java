package io.correio.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.core.identity.Identities;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Fact;
import io.correio.core.queue.Lane;
import io.correio.core.queue.LaneId;
import io.correio.core.queue.QueueState;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import io.correio.core.routing.QueueDefinition;
import io.correio.core.routing.RoutingTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointCodecTest {

  private static final ExchangeDefinition PREDECLARED =
      new ExchangeDefinition("amq.topic", ExchangeType.TOPIC, true, false, false, Arguments.EMPTY);

  private static QueueState empty() {
    return new QueueState(RoutingTable.of(List.of(PREDECLARED)), Identities.EMPTY);
  }

  private static List<ByteBuffer> write(QueueState state, long position) {
    List<ByteBuffer> blocks = new ArrayList<>();
    CheckpointCodec.Writer<RuntimeException> writer =
        new CheckpointCodec.Writer<>(
            block -> blocks.add(ByteBuffer.allocate(block.remaining()).put(block).flip()));
    writer.definitions(state.routing(), state.identities(), state.nextQueueId());
    for (long id : state.laneIds()) {
      Lane lane = Objects.requireNonNull(state.lane(id));
      if (LaneId.isDurable(id)) {
        writer.lane(lane.copy(position));
      }
    }
    writer.end();
    return blocks;
  }

  private static QueueState read(List<ByteBuffer> blocks) {
    QueueState state = empty();
    CheckpointCodec.Reader reader = new CheckpointCodec.Reader(state);
    blocks.forEach(reader::read);
    return state;
  }

  private static void declare(QueueState state, RandomFacts facts, int count) {
    for (int i = 1; i <= count; i++) {
      QueueDefinition any = facts.queue();
      state.apply(
          1,
          new Fact.QueueDeclared(
              new QueueDefinition(
                  i, "q" + i, any.durable(), any.exclusive(), any.autoDelete(), any.arguments())));
      ExchangeDefinition exchange = facts.exchange();
      state.apply(
          1,
          new Fact.ExchangeDeclared(
              new ExchangeDefinition(
                  "e" + i,
                  exchange.type(),
                  exchange.durable(),
                  exchange.autoDelete(),
                  exchange.internal(),
                  Arguments.EMPTY)));
    }
  }

  private static void fill(QueueState state, Random random, int queues, int messages) {
    long position = 2;
    for (int q = 1; q <= queues; q++) {
      long lane = LaneId.of(q, 0, true);
      for (int s = 1; s <= messages; s++) {
        state.enqueued(position++, lane, s, false);
      }
      for (int n = random.nextInt(messages); n > 0; n--) {
        long from = 1L + random.nextInt(messages);
        long to = Math.min(messages, from + (random.nextInt(5) == 0 ? random.nextInt(500) : 0));
        state.apply(position++, new Fact.Settled(lane, from, to));
      }
      state.apply(position++, new Fact.Marked(lane, 1L + random.nextInt(messages * 2)));
    }
  }

  private static void assertSameLanes(QueueState read, QueueState written) {
    for (long id : written.laneIds()) {
      Lane was = Objects.requireNonNull(written.lane(id));
      Lane is = Objects.requireNonNull(read.lane(id), "lane " + id);
      assertThat(is.floor()).isEqualTo(was.floor());
      assertThat(is.tail()).isEqualTo(was.tail());
      assertThat(is.mark()).isEqualTo(was.mark());
      assertThat(is.messages()).isEqualTo(was.messages());
      for (long s = 0; s < was.tail() + 2; s++) {
        assertThat(is.isAlive(s)).isEqualTo(was.isAlive(s));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void state_comes_back_as_far_as_it_survives(long seed) {
    Random random = new Random(seed);
    QueueState state = empty();
    declare(state, new RandomFacts(random), 60);
    fill(state, random, 10, 10_000);
    QueueState read = read(write(state, 1_000_000));
    assertSameLanes(read, state);
    assertThat(read.nextQueueId()).isEqualTo(state.nextQueueId());
    state
        .routing()
        .forEachQueue(queue ->
            assertThat(read.routing().queue(queue.name()))
                .isEqualTo(Fact.survives(queue) ? queue : null));
    state
        .routing()
        .forEachExchange(exchange ->
            assertThat(read.routing().exchange(exchange.name()))
                .isEqualTo(exchange.durable() ? exchange : null));
  }

  @Test
  void facts_that_a_lane_contains_are_skipped_and_later_ones_are_not() {
    QueueState state = empty();
    long lane = LaneId.of(1, 0, true);
    state.enqueued(5, lane, 1, false);
    state.enqueued(6, lane, 2, false);
    QueueState read = read(write(state, 6));
    for (QueueState replayed : List.of(read, state)) {
      replayed.apply(6, new Fact.Settled(lane, 1, 1));
    }
    assertThat(Objects.requireNonNull(read.lane(lane)).messages()).isEqualTo(2);
    read.enqueued(6, lane, 2, false);
    assertThat(Objects.requireNonNull(read.lane(lane)).tail()).isEqualTo(3);
    read.enqueued(7, lane, 3, false);
    read.apply(8, new Fact.Settled(lane, 1, 1));
    assertThat(Objects.requireNonNull(read.lane(lane)).messages()).isEqualTo(2);
  }

  @Test
  void definition_longer_than_a_block_has_a_block_of_its_own() {
    QueueState state = empty();
    Arguments arguments = Arguments.of("long", "x".repeat(200_000));
    QueueDefinition queue = new QueueDefinition(3, "q", true, false, false, arguments);
    state.apply(1, new Fact.QueueDeclared(queue));
    assertThat(read(write(state, 1)).routing().queue("q")).isEqualTo(queue);
  }

  @Test
  void blocks_are_some_64_kib_long_and_items_never_cross_them() {
    QueueState state = empty();
    Random random = new Random(6);
    fill(state, random, 150, 5_000);
    List<ByteBuffer> blocks = write(state, 1_000_000);
    assertThat(blocks).hasSizeGreaterThan(1).allMatch(b -> b.remaining() <= 64 << 10);
    assertSameLanes(read(blocks), state);
  }

  @Test
  void item_of_a_later_release_is_refused_with_a_remedy() {
    assertThatThrownBy(() -> read(List.of(ByteBuffer.wrap(new byte[] {9, 0, 0}))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kind 9")
        .hasMessageContaining("start the release that wrote it");
  }

  @Test
  void writing_that_fails_ends_the_checkpoint() {
    QueueState state = empty();
    fill(state, new Random(5), 150, 5_000);
    CheckpointCodec.Writer<IOException> writer =
        new CheckpointCodec.Writer<>(block -> {
          throw new IOException("full");
        });
    assertThatThrownBy(
            () -> {
              for (long id : state.laneIds()) {
                writer.lane(Objects.requireNonNull(state.lane(id)));
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessage("full");
  }
}
