package io.correio.server.front;

import io.correio.core.queue.Command;
import io.correio.core.queue.Settlement;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Collects settlements of one kind into one command: a client that acknowledges one by one costs
 * one command for each read of the socket. Owned by the connection's loop, which flushes before any
 * other command, so that the order stays the peer's.
 */
public final class SettleBatch {
  private static final int MAX = 1_024;
  private static final int FIRST_CAPACITY = 16;

  private final long connection;
  private final Consumer<Command> target;
  private long[] lanes = new long[FIRST_CAPACITY];
  private long[] sequences = new long[FIRST_CAPACITY];
  private Settlement settlement = Settlement.ACCEPTED;
  private int count;

  /**
   * Creates an empty batch.
   *
   * @param target takes each full command
   */
  public SettleBatch(long connection, Consumer<Command> target) {
    this.connection = connection;
    this.target = target;
  }

  /** Adds a settlement. */
  public void settle(long lane, long sequence, Settlement kind) {
    if (kind != settlement || count == MAX) {
      flush();
      settlement = kind;
    }
    if (count == lanes.length) {
      lanes = Arrays.copyOf(lanes, 2 * count);
      sequences = Arrays.copyOf(sequences, 2 * count);
    }
    lanes[count] = lane;
    sequences[count] = sequence;
    count++;
  }

  /** Hands over what was collected. */
  public void flush() {
    if (count > 0) {
      int full = count;
      count = 0;
      target.accept(
          new Command.Settle(
              connection,
              Arrays.copyOf(lanes, full),
              Arrays.copyOf(sequences, full),
              full,
              settlement));
    }
  }
}
