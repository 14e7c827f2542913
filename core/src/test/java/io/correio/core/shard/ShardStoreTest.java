package io.correio.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.MissingMessageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShardStoreTest {

  private static final int BODY_BYTES = 4_000;
  private static final ShardOptions OPTIONS = new ShardOptions(1 << 17, 1 << 20, 1 << 18);

  private final SteppedShard shard;
  private SteppedShard.Peer publisher;
  private SteppedShard.Peer consumer;

  ShardStoreTest() throws IOException {
    shard = new SteppedShard(OPTIONS);
    publisher = shard.new Peer(1);
    consumer = shard.new Peer(2);
    publisher.declare("q");
    publisher.declare("other");
    shard.idle();
  }

  private void publish(String queue, boolean durable, int from, int to) {
    for (int i = from; i < to; i++) {
      publisher.publish(queue, durable, SteppedShard.body(i, BODY_BYTES));
      if (i % 16 == 0) {
        shard.idle();
      }
    }
    shard.idle();
  }

  private List<Integer> consumeAll() {
    List<Integer> got = new ArrayList<>();
    List<Effect.Delivered> deliveries = consumer.take(Effect.Delivered.class);
    while (!deliveries.isEmpty()) {
      for (Effect.Delivered delivered : deliveries) {
        got.add(SteppedShard.number(delivered.message()));
        consumer.accept(delivered);
      }
      shard.idle();
      deliveries = consumer.take(Effect.Delivered.class);
    }
    return got;
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void log_of_consumed_messages_is_given_back() throws IOException {
    consumer.subscribe("q", 1, 10);
    for (int round = 0; round < 10; round++) {
      publish("q", true, 0, 200);
      assertThat(consumeAll()).isEqualTo(numbers(0, 200));
    }
    shard.idle();
    assertThat(SteppedShard.bytes(shard.storage)).isLessThan(2_000_000);
  }

  @Test
  void scratch_log_of_consumed_messages_is_given_back() throws IOException {
    for (int round = 0; round < 10; round++) {
      publish("q", false, 0, 200);
      consumer.subscribe("q", round, 10);
      shard.idle();
      assertThat(consumeAll()).isEqualTo(numbers(0, 200));
      shard.store().shard().submit(new Command.Cancel(2, 3, round));
    }
    shard.idle();
    assertThat(SteppedShard.bytes(shard.scratch)).isLessThan(2_000_000);
  }

  @Test
  void transient_messages_are_never_spilled_behind_later_ones_of_their_queue() {
    // What is held fills its share of the memory, so more of it would be spilled when handed out.
    consumer.subscribe("other", 1, 100);
    shard.idle();
    publish("other", false, 0, 100);
    // The first of these are in memory, the later ones in the scratch log.
    publish("q", false, 0, 100);
    consumer.subscribe("q", 2, 100);
    shard.idle();
    assertThat(consumer.take(Effect.Delivered.class)).hasSize(200);
  }

  @Test
  void message_of_nearly_an_entry_s_length_fits_behind_small_ones() {
    consumer.subscribe("q", 1, 10);
    publisher.publish("q", true, SteppedShard.body(0, 1_500));
    publisher.publish("q", true, SteppedShard.body(1, 7_000));
    publisher.publish("q", true, SteppedShard.body(2, 1_500));
    shard.idle();
    assertThat(consumeAll()).isEqualTo(numbers(0, 3));
  }

  @Test
  void message_that_no_entry_can_take_is_rejected_and_the_log_goes_on() {
    publisher.publish("q", true, SteppedShard.body(0, 9_000));
    publisher.publish("q", true, SteppedShard.body(1, 10));
    shard.idle();
    assertThat(publisher.take(Effect.Rejected.class)).hasSize(1);
    assertThat(publisher.take(Effect.Accepted.class)).last().isEqualTo(new Effect.Accepted(2));
  }

  @Test
  void transient_message_for_many_queues_takes_its_length_once() throws IOException {
    for (int i = 0; i < 30; i++) {
      publisher.declare("many" + i);
    }
    shard.idle();
    long before = SteppedShard.bytes(shard.scratch);
    publisher.publishToAll(SteppedShard.body(7, 3_000));
    publisher.publishToAll(SteppedShard.body(8, 3_000));
    shard.idle();
    assertThat(SteppedShard.bytes(shard.scratch)).isLessThanOrEqualTo(before + (64 << 10));
    consumer.subscribe("many29", 1, 10);
    shard.idle();
    assertThat(consumeAll()).containsExactly(7, 8);
  }

  @Test
  void restart_finds_what_checkpoint_and_log_say() throws IOException {
    publish("q", true, 0, 300);
    consumer.subscribe("q", 1, 150);
    shard.idle();
    List<Effect.Delivered> got = consumer.take(Effect.Delivered.class);
    for (Effect.Delivered delivered : got) {
      if (delivered.sequence() % 3 != 0) {
        consumer.accept(delivered);
      }
    }
    shard.idle();
    shard.store().checkpoint();
    publish("q", true, 300, 320);
    shard.restart();
    publisher = shard.new Peer(1);
    consumer = shard.new Peer(2);
    consumer.subscribe("q", 1, 1_000);
    shard.idle();
    List<Integer> expected = new ArrayList<>();
    for (int i = 0; i < 320; i++) {
      if (i % 3 == 2 || i >= 250) {
        expected.add(i);
      }
    }
    assertThat(consumeAll()).containsAll(expected).isSorted();
  }

  @Test
  void message_whose_segment_is_gone_stops_the_shard_instead_of_being_waited_for()
      throws IOException {
    publish("q", true, 0, 300);
    shard.store().checkpoint();
    String oldest =
        shard.storage.list().stream()
            .filter(name -> name.endsWith(".seg"))
            .sorted()
            .toList()
            .get(1);
    shard.storage.delete(oldest);
    shard.restart();
    consumer = shard.new Peer(2);
    consumer.subscribe("q", 1, 1_000);
    assertThatThrownBy(shard::idle)
        .hasMessageContaining("virtual host '/' cannot go on")
        .hasRootCauseInstanceOf(MissingMessageException.class)
        .rootCause()
        .hasMessageContaining("of queue 'q' is not in the log");
  }

  @Test
  void delivery_does_not_wait_for_the_settlement_that_the_consumer_caused_before() {
    publish("q", true, 0, 2);
    consumer.subscribe("q", 1, 1);
    shard.idle();
    consumer.take(Effect.Replied.class);
    consumer.accept(consumer.take(Effect.Delivered.class).getFirst());
    shard.stepShard();
    assertThat(consumer.take(Effect.Delivered.class)).hasSize(1);
    shard.store().shard().submit(new Command.LimitPool(consumer.id, 9, 0, Command.UNLIMITED, true));
    shard.stepShard();
    assertThat(consumer.take(Effect.Replied.class)).isEmpty();
    shard.idle();
    assertThat(consumer.take(Effect.Replied.class)).hasSize(1);
  }

  @Test
  void connection_may_end_with_more_queues_than_an_entry_can_name() {
    String long200 = "x".repeat(200);
    for (int i = 0; i < 200; i++) {
      shard
          .store()
          .shard()
          .submit(
              new Command.DeclareQueue(
                  consumer.id, 1, long200 + i, false, true, false, true, Arguments.EMPTY));
      consumer.subscribe(long200 + i, i + 1, 1);
      shard.idle();
    }
    shard.store().shard().submit(new Command.Disconnect(consumer.id));
    shard.idle();
    assertThat(shard.store().shard().routing().queueCount()).isEqualTo(2);
  }
}
