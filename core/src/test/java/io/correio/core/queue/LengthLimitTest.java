package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Arguments;
import io.correio.core.message.Death;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LengthLimitTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;

  private final Bench bench = new Bench();

  @BeforeEach
  void begin() {
    bench.tick(1_000_000);
    bench.connect(PUBLISHER, CONSUMER);
  }

  private List<String> all(String name) {
    bench.subscribe(CONSUMER, 1, name, Bench.UNLIMITED);
    bench.answerAllPages();
    return bench.delivered(CONSUMER);
  }

  @Test
  void oldest_messages_go_when_there_are_too_many() {
    long queue = bench.declare(PUBLISHER, "q", Arguments.of("x-max-length", 2));
    bench.publish(PUBLISHER, queue, "a", "b", "c", "d");
    assertThat(bench.statistics(queue).ready()).isEqualTo(2);
    assertThat(all("q")).containsExactly("c", "d");
    assertThat(bench.lane(queue, true).floor()).isEqualTo(3);
  }

  @Test
  void messages_that_only_the_log_has_go_as_well() {
    long queue = bench.declare(PUBLISHER, "q", Arguments.of("x-max-length", 1_000));
    for (int i = 0; i < 2_500; i++) {
      bench.publish(PUBLISHER, queue, "m" + i);
    }
    List<String> left = all("q");
    assertThat(left).hasSize(1_000).startsWith("m1500").endsWith("m2499");
  }

  @Test
  void messages_in_flight_do_not_count() {
    long queue = bench.declare(PUBLISHER, "q", Arguments.of("x-max-length", 1));
    bench.subscribe(CONSUMER, 1, "q", 2);
    bench.publish(PUBLISHER, queue, "a", "b", "c");
    assertThat(bench.delivered(CONSUMER)).containsExactly("a", "b");
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
  }

  @Test
  void message_too_many_becomes_a_dead_letter() {
    long dead = bench.declare(PUBLISHER, "dead");
    long queue =
        bench.declare(
            PUBLISHER,
            "q",
            Arguments.of(
                Map.of(
                    "x-max-length",
                    1,
                    "x-dead-letter-exchange",
                    "",
                    "x-dead-letter-routing-key",
                    "dead")));
    bench.publish(PUBLISHER, queue, "old", "new");
    assertThat(bench.statistics(queue).ready()).isEqualTo(1);
    assertThat(bench.statistics(dead).ready()).isEqualTo(1);
    bench.subscribe(CONSUMER, 1, "dead", 1);
    Effect.Delivered got = bench.deliveries(CONSUMER).getFirst();
    assertThat(Bench.body(got.message())).isEqualTo("old");
    assertThat(got.message().history().deaths().getFirst().reason())
        .isEqualTo(Death.Reason.QUEUE_FULL);
  }

  @Test
  void queue_that_refuses_tells_the_publisher_and_others_get_the_message() {
    long full =
        bench.declare(
            PUBLISHER,
            "q",
            Arguments.of(Map.of("x-max-length", 1, "x-overflow", "reject-publish")));
    long other = bench.declare(PUBLISHER, "other");
    bench.publish(PUBLISHER, full, "first");
    bench.effects(PUBLISHER);
    bench.decide(Bench.publish(PUBLISHER, "second", true, full, other));
    List<Effect.Rejected> refused = bench.effects(PUBLISHER, Effect.Rejected.class);
    assertThat(refused).hasSize(1);
    assertThat(refused.getFirst().refusal().kind()).isEqualTo(Refusal.Kind.FULL);
    assertThat(refused.getFirst().refusal().text()).contains("'q'");
    assertThat(bench.statistics(full).ready()).isEqualTo(1);
    assertThat(bench.statistics(other).ready()).isEqualTo(1);
    assertThat(all("q")).containsExactly("first");
    bench.publish(PUBLISHER, full, "third");
    assertThat(bench.effects(PUBLISHER, Effect.Rejected.class)).isEmpty();
  }

  @Test
  void queue_of_no_length_hands_out_at_once_or_lets_go() {
    long queue = bench.declare(PUBLISHER, "q", Arguments.of("x-max-length", 0));
    bench.publish(PUBLISHER, queue, "nobody there");
    assertThat(bench.statistics(queue).ready()).isZero();
    bench.subscribe(CONSUMER, 1, "q", 5);
    bench.publish(PUBLISHER, queue, "at once");
    assertThat(bench.delivered(CONSUMER)).containsExactly("at once");
  }

  @Test
  void overflow_that_nobody_knows_is_refused_by_name() {
    bench.decide(
        new Command.DeclareQueue(
            PUBLISHER,
            bench.request(),
            "q",
            false,
            true,
            false,
            false,
            Arguments.of("x-overflow", "reject-publish-dlx")));
    assertThat(((Reply.Refused) bench.reply(PUBLISHER)).refusal().text()).contains("x-overflow");
  }
}
