package io.correio.core.shard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.correio.core.manager.ManagerOptions;
import io.correio.core.manager.QueueManager;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import io.correio.core.queue.Settlement;
import io.correio.core.routing.HeaderSource;
import io.correio.core.routing.Targets;
import io.correio.log.FileStorage;
import io.correio.log.LogOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole manager on a real folder, without any protocol. */
class ShardTest {

  private static final long CONNECTION = 1000;

  @TempDir Path folder;

  private static final class Sink implements EffectSink {
    final LinkedBlockingQueue<Effect> effects = new LinkedBlockingQueue<>();

    @Override
    public void emit(Effect effect) {
      effects.add(effect);
    }

    <T extends Effect> T next(Class<T> type) throws InterruptedException {
      Effect effect = effects.poll(20, TimeUnit.SECONDS);
      while (effect instanceof Effect.Blocked || effect instanceof Effect.Unblocked) {
        effect = effects.poll(20, TimeUnit.SECONDS); // a log that is just being prepared
      }
      assertThat(effect).isInstanceOf(type);
      return type.cast(effect);
    }
  }

  private QueueManager open(ExecutorService home) throws Exception {
    return QueueManager.open(
        new ManagerOptions(
            name -> FileStorage.open(folder.resolve(name)),
            LogOptions.durable(),
            LogOptions.scratch(),
            new ShardOptions(1 << 20, 1 << 20, 1 << 20),
            List.of(),
            "/",
            List.of(),
            (reason, cause) -> {
              throw new AssertionError(reason, cause);
            }),
        shard -> home);
  }

  private static Message message(String body) {
    return new Message(
        new Envelope(new Address("", "q"), true, 0, Envelope.NO_EXPIRY),
        new Content(1, new byte[] {1, 2}, body.getBytes(StandardCharsets.UTF_8)));
  }

  private static void declare(VirtualHost host) {
    host.submit(
        new Command.DeclareQueue(CONNECTION, 1, "q", false, true, false, false, Arguments.EMPTY));
  }

  @Test
  void messages_survive_a_restart_in_order_and_are_delivered_from_the_disk() throws Exception {
    int count = 20_000;
    try (ExecutorService home = Executors.newSingleThreadExecutor()) {
      try (QueueManager manager = open(home)) {
        VirtualHost host = requireNonNull(manager.virtualHost("/"));
        Sink sink = new Sink();
        host.submit(new Command.Connect(CONNECTION, sink));
        declare(host);
        sink.next(Effect.Replied.class);
        Targets targets = new Targets();
        long accepted = 0;
        for (int i = 0; i < count; i++) {
          host.submit(host.route(CONNECTION, message("m" + i), HeaderSource.NONE, true, targets));
          if (i % 500 == 499) {
            while (accepted <= i) {
              accepted = sink.next(Effect.Accepted.class).number();
            }
          }
        }
      }
      try (QueueManager manager = open(home)) {
        VirtualHost host = requireNonNull(manager.virtualHost("/"));
        Sink sink = new Sink();
        host.submit(new Command.Connect(CONNECTION, sink));
        host.submit(new Command.Subscribe(CONNECTION, 1, 7, "q", "c", false, false, 100, true, 0));
        sink.next(Effect.Replied.class);
        for (int i = 0; i < count; i++) {
          Effect.Delivered delivered = sink.next(Effect.Delivered.class);
          assertThat(new String(delivered.message().content().body(), StandardCharsets.UTF_8))
              .isEqualTo("m" + i);
          assertThat(delivered.redelivered()).isFalse();
          host.submit(
              new Command.Settle(
                  CONNECTION,
                  new long[] {delivered.lane()},
                  new long[] {delivered.sequence()},
                  1,
                  Settlement.ACCEPTED));
          host.submit(new Command.Drained(CONNECTION, delivered.message().size()));
        }
        assertThat(manager.queues("/").getFirst().ready()).isZero();
      }
    }
  }

  @Test
  void answer_to_a_definition_comes_after_the_snapshot_that_has_it() throws Exception {
    try (ExecutorService home = Executors.newSingleThreadExecutor();
        QueueManager manager = open(home)) {
      VirtualHost host = requireNonNull(manager.virtualHost("/"));
      LinkedBlockingQueue<Boolean> known = new LinkedBlockingQueue<>();
      host.submit(
          new Command.Connect(
              CONNECTION,
              effect -> {
                if (effect instanceof Effect.Replied) {
                  known.add(host.routing().queue("t") != null);
                }
              }));
      // Not durable, so that nothing makes the answer wait.
      host.submit(
          new Command.DeclareQueue(CONNECTION, 1, "t", false, false, true, false, Arguments.EMPTY));
      assertThat(known.poll(20, TimeUnit.SECONDS)).isEqualTo(true);
    }
  }

  @Test
  void transient_messages_that_memory_does_not_hold_come_back_from_the_scratch_log()
      throws Exception {
    try (ExecutorService home = Executors.newSingleThreadExecutor()) {
      for (int run = 0; run < 2; run++) {
        try (QueueManager manager = open(home)) {
          VirtualHost host = requireNonNull(manager.virtualHost("/"));
          Sink sink = new Sink();
          host.submit(new Command.Connect(CONNECTION, sink));
          declare(host);
          sink.next(Effect.Replied.class);
          byte[] body = new byte[700_000]; // two of them are more than the window
          Envelope envelope = new Envelope(new Address("", "q"), false, 0, Envelope.NO_EXPIRY);
          for (int i = 1; i <= 5; i++) {
            body[0] = (byte) i;
            Message message = new Message(envelope, new Content(1, new byte[2], body.clone()));
            host.submit(host.route(CONNECTION, message, HeaderSource.NONE, true, new Targets()));
            sink.next(Effect.Accepted.class);
          }
          for (int i = 1; i <= 5; i++) {
            host.submit(new Command.Take(CONNECTION, i, "q", true));
            Message taken = sink.next(Effect.Taken.class).message();
            assertThat(taken.content().body()[0]).isEqualTo((byte) i);
            host.submit(new Command.Drained(CONNECTION, taken.size()));
          }
        }
      }
    }
  }
}
