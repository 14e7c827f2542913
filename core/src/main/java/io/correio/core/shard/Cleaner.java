package io.correio.core.shard;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that keeps the logs of all shards in order: room ahead of the writers, checkpoints,
 * merging. Owned and closed by the manager; {@link #add} and {@link #remove} from any thread.
 */
public final class Cleaner implements AutoCloseable {

  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final List<ShardStore> stores = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::run, "cleaner");
  private volatile boolean closing;

  /** Starts the thread. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  /** A shard to keep in order from now on. */
  public void add(ShardStore store) {
    stores.add(store);
  }

  /** A shard that is about to be closed. */
  public void remove(ShardStore store) {
    stores.remove(store);
  }

  private void run() {
    while (!closing) {
      boolean more = false;
      for (ShardStore store : stores) {
        more |= !closing && store.maintain();
      }
      if (!more) {
        LockSupport.parkNanos(this, IDLE_NANOS);
      }
    }
  }

  /** Ends the thread and waits for it. */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
