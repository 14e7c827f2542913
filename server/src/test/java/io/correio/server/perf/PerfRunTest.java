package io.correio.server.perf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.server.client.ClientException;
import io.correio.server.client.ScriptedBroker;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole runs against a broker that loses and repeats what it is told to. */
final class PerfRunTest {
  private static final long WAIT = 1_000_000_000L;

  private ScriptedBroker broker;

  @BeforeEach
  void start() throws IOException {
    broker = new ScriptedBroker();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @Test
  void all_messages_are_sent_confirmed_and_received_once() throws Exception {
    for (int batch : new int[] {1, 5}) {
      broker.confirmBatch = batch;
      PerfResult result = run(options().producers(3).consumers(2).queues(5).confirm(10).build());
      assertThat(result.sent()).isEqualTo(3000);
      assertThat(result.confirmed()).isEqualTo(3000);
      assertThat(result.received()).isEqualTo(3000);
      assertThat(result.lost()).hasValue(0);
      assertThat(result.duplicated()).hasValue(0);
      assertThat(broker.depth("perf-1")).isEqualTo(-1);
    }
  }

  @Test
  void each_of_flow_and_acknowledgement_settings_gets_through() throws Exception {
    List<Options> all =
        List.of(
            options().confirm(1),
            options().rate(100_000),
            options().rate(100_000).confirm(7).producers(2),
            options().autoAck(),
            options().prefetch(10).multiAck(10),
            options().prefetch(1).size(100_000).messages(50),
            options().size(0));
    for (Options each : all) {
      PerfResult result = run(each.build());
      assertThat(result.received()).isEqualTo(result.sent()).isEqualTo(each.messages);
    }
  }

  @Test
  void lost_messages_are_counted_with_and_without_confirms() throws Exception {
    broker.loseEvery = 100;
    for (int confirm : new int[] {0, 50}) {
      PerfResult result = run(options().producers(2).consumers(3).confirm(confirm).build());
      assertThat(result.lost()).hasValue(30);
      assertThat(result.duplicated()).hasValue(0);
    }
  }

  @Test
  void repeated_messages_are_counted_even_over_several_consumers() throws Exception {
    broker.repeatEvery = 100;
    PerfResult result =
        new PerfRun(options().consumers(3).build(), (second, interval) -> {}, WAIT, WAIT).run();
    assertThat(result.duplicated()).hasValue(30);
    assertThat(result.lost()).hasValue(0);
    assertThat(result.received()).isEqualTo(3030);
  }

  @Test
  void rejected_publishes_are_neither_confirmed_nor_lost() throws Exception {
    broker.rejectEvery = 10;
    PerfResult result = run(options().confirm(20).build());
    assertThat(result.confirmed()).isEqualTo(2700);
    assertThat(result.received()).isEqualTo(2700);
    assertThat(result.lost()).hasValue(0);
    assertThat(result.toText()).contains("rejected   300");
  }

  @Test
  void fan_out_expects_every_message_in_every_queue() throws Exception {
    PerfResult result = run(options().exchange("fan", "fanout").queues(4).build());
    assertThat(result.received()).isEqualTo(12_000);
    assertThat(result.lost()).hasValue(0);
    broker.loseEvery = 1000;
    assertThat(run(options().exchange("fan", "fanout").queues(4).build()).lost()).hasValue(12);
  }

  @Test
  void loss_is_unknown_where_keys_decide_or_bodies_carry_no_number() throws Exception {
    assertThat(run(options().exchange("t", "topic").build()).lost()).isEmpty();
    PerfResult small = run(options().size(23).build());
    assertThat(small.lost()).isEmpty();
    assertThat(small.toText()).contains("lost       unknown");
  }

  @Test
  void messages_of_others_are_neither_measured_nor_lost() throws Exception {
    broker.put("perf", new byte[30]);
    PerfResult result = run(options().build());
    assertThat(result.received()).isEqualTo(3000);
    assertThat(result.toText()).contains("of others  1");
    assertThat(broker.depth("perf")).as("a queue that was there before stays").isZero();
  }

  @Test
  void queue_that_nobody_consumes_is_kept() throws Exception {
    assertThat(run(options().consumers(0).build()).sent()).isEqualTo(3000);
    assertThat(broker.depth("perf")).isEqualTo(3000);
    PerfResult drained = run(options().producers(0).build());
    assertThat(drained.received()).isEqualTo(3000);
  }

  @Test
  void result_as_json_has_rates_latencies_and_losses() throws Exception {
    String json = run(options().confirm(10).build()).toJson();
    assertThat(json)
        .startsWith("{\"seconds\":")
        .contains("\"sent\":3000,\"confirmed\":3000,\"received\":3000")
        .contains("\"lost\":0,\"duplicated\":0")
        .containsPattern(
            "\"receiveMillis\":\\{\"p50\":[0-9.]+,.*\"p99.9\":[0-9.]+,\"max\":[0-9.]+}")
        .containsPattern("\"confirmMillis\":\\{\"p50\":[0-9.]+")
        .endsWith("}}");
  }

  @Test
  void run_ends_with_the_brokers_words_when_a_connection_is_closed() {
    broker.closeAt = 500;
    for (int rate : new int[] {0, 100_000}) {
      assertThatThrownBy(() -> run(options().confirm(10).rate(rate).build()))
          .isInstanceOf(ClientException.class)
          .hasMessageContaining("CONNECTION_FORCED");
      broker.closeAt = 1000;
    }
  }

  @Test
  void settings_that_contradict_one_another_are_refused() {
    assertThatThrownBy(() -> options().prefetch(5).multiAck(6).build())
        .hasMessageContaining("--multi-ack 6 is never reached");
    assertThatThrownBy(() -> options().producers(0).consumers(0).build())
        .hasMessageContaining("nothing to do");
    assertThatThrownBy(() -> options().queues(0).build()).hasMessageContaining("--queues");
    assertThatThrownBy(() -> options().size(-1).build()).hasMessageContaining("--size");
  }

  @Test
  void keys_spread_over_producers_and_queues() {
    PerfOptions many = options().producers(2).consumers(2).queues(5).build();
    assertThat(many.routingKeys(0)).containsExactly("perf-1", "perf-3", "perf-5");
    assertThat(many.routingKeys(1)).containsExactly("perf-2", "perf-4");
    assertThat(many.queuesOf(1)).containsExactly("perf-2", "perf-4");
    PerfOptions few = options().producers(5).queues(2).build();
    assertThat(few.routingKeys(3)).containsExactly("perf-2");
  }

  private static PerfResult run(PerfOptions options) throws Exception {
    return new PerfRun(options, (second, interval) -> {}, WAIT, 1).run();
  }

  private Options options() {
    return new Options();
  }

  /** Options with defaults for a short run. */
  private final class Options {
    private int producers = 1;
    private int consumers = 1;
    private int queues = 1;
    private int size = 24;
    private long rate;
    private int confirm;
    private int prefetch;
    private boolean autoAck;
    private int multiAck = 1;
    private long messages = 3000;
    private String exchange = "";
    private String type = "direct";

    Options producers(int value) {
      producers = value;
      return this;
    }

    Options consumers(int value) {
      consumers = value;
      return this;
    }

    Options queues(int value) {
      queues = value;
      return this;
    }

    Options size(int value) {
      size = value;
      return this;
    }

    Options rate(long value) {
      rate = value;
      return this;
    }

    Options confirm(int value) {
      confirm = value;
      return this;
    }

    Options prefetch(int value) {
      prefetch = value;
      return this;
    }

    Options autoAck() {
      autoAck = true;
      return this;
    }

    Options multiAck(int value) {
      multiAck = value;
      return this;
    }

    Options messages(long value) {
      messages = value;
      return this;
    }

    Options exchange(String name, String kind) {
      exchange = name;
      type = kind;
      return this;
    }

    PerfOptions build() {
      return new PerfOptions(
          broker.url(),
          producers,
          consumers,
          "perf",
          queues,
          size,
          rate,
          confirm,
          prefetch,
          autoAck,
          multiAck,
          false,
          false,
          60,
          0,
          messages,
          exchange,
          type,
          "",
          List.of(),
          1,
          false);
    }
  }
}
