package io.correio.core.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.message.Arguments;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues that take only what their subscription wants. */
class AdmissionTest {

  private static final long PUBLISHER = 1;
  private static final long CONSUMER = 2;
  private static final long OWN = 3;

  private final Bench bench = new Bench();

  @BeforeEach
  void connect() {
    bench.connect(PUBLISHER, CONSUMER);
    bench.decide(new Command.Connect(OWN, effect -> {}, "program"));
  }

  @Test
  void what_does_not_match_never_enters() {
    Arguments arguments = Admission.arguments(Bench.selector("body LIKE 'a%'"), null);
    long some = bench.declare(PUBLISHER, "some", arguments);
    long all = bench.declare(PUBLISHER, "all");
    bench.decide(Bench.publish(PUBLISHER, "a1", true, some, all));
    bench.decide(Bench.publish(PUBLISHER, "b1", true, some, all));
    bench.decide(Bench.publish(PUBLISHER, "a2", false, some, all));
    assertThat(bench.statistics(all).ready()).isEqualTo(3);
    bench.subscribe(CONSUMER, 1, "some", 10);
    assertThat(bench.delivered(CONSUMER)).containsExactly("a1", "a2");
  }

  @Test
  void what_comes_from_the_same_origin_never_enters() {
    long queue = bench.declare(PUBLISHER, "q", Admission.arguments(null, "program"));
    bench.publish(OWN, queue, "own");
    bench.publish(PUBLISHER, queue, "others");
    bench.subscribe(CONSUMER, 1, "q", 10);
    assertThat(bench.delivered(CONSUMER)).containsExactly("others");
  }

  @Test
  void a_message_that_no_queue_admits_is_unroutable() {
    long queue = bench.declare(PUBLISHER, "q", Admission.arguments(null, "program"));
    bench.decide(new Command.Publish(OWN, Bench.message("m", true), new long[] {queue}, true));
    assertThat(bench.effects(OWN).getFirst()).isInstanceOf(Effect.Returned.class);
  }

  @Test
  void admission_is_the_same_after_a_restart() {
    Arguments arguments = Admission.arguments(Bench.selector("body LIKE 'a%'"), "program");
    long queue = bench.declare(PUBLISHER, "q", arguments);
    Bench restarted = new Bench(bench.recovered(), Bench.WINDOW_BYTES, Bench.OUTBOX_BYTES);
    restarted.connect(PUBLISHER);
    restarted.publish(PUBLISHER, queue, "a", "b");
    assertThat(restarted.statistics(queue).ready()).isEqualTo(1);
  }

  @Test
  void arguments_that_make_no_sense_are_refused() {
    for (Map.Entry<String, Object> argument :
        Map.<String, Object>of("x-selector", "a =", "x-not-from", 5).entrySet()) {
      bench.decide(
          new Command.DeclareQueue(
              PUBLISHER,
              bench.request(),
              "q",
              false,
              true,
              false,
              false,
              Arguments.of(argument.getKey(), argument.getValue())));
      Reply.Refused refused = (Reply.Refused) bench.reply(PUBLISHER);
      assertThat(refused.refusal().kind()).isEqualTo(Refusal.Kind.PRECONDITION);
      assertThat(refused.refusal().text())
          .startsWith("invalid arg '" + argument.getKey() + "' for queue 'q'");
    }
  }
}
