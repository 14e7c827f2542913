package io.correio.core.manager;

import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import io.correio.core.queue.Reply;
import io.correio.core.shard.ShardProxy;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A connection to a shard from within the process, for administration: it asks, and gets the answer
 * as a future. Thread-safe. Closing it leaves open questions unanswered.
 */
public final class Requests implements EffectSink, AutoCloseable {

  /** Makes the command for a connection's request. */
  @FunctionalInterface
  public interface CommandFactory {

    /** The command, with these numbers. */
    Command create(long connection, long request);
  }

  private final ShardProxy shard;
  private final long connection;
  private final AtomicLong requests = new AtomicLong();
  private final Map<Long, CompletableFuture<Reply>> open = new ConcurrentHashMap<>();

  Requests(ShardProxy shard, long connection) {
    this.shard = shard;
    this.connection = connection;
    shard.submit(new Command.Connect(connection, this));
  }

  /**
   * Asks the shard. The future completes on the shard's or the log's thread: do not block there.
   */
  public CompletableFuture<Reply> ask(CommandFactory factory) {
    long request = requests.incrementAndGet();
    CompletableFuture<Reply> answer = new CompletableFuture<>();
    open.put(request, answer);
    shard.submit(factory.create(connection, request));
    return answer;
  }

  @Override
  public void emit(Effect effect) {
    if (effect instanceof Effect.Replied replied) {
      CompletableFuture<Reply> answer = open.remove(replied.request());
      if (answer != null) {
        answer.complete(replied.reply());
      }
    }
  }

  @Override
  public void close() {
    shard.submit(new Command.Disconnect(connection));
  }
}
