package io.correio.server.front.amqp091;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The consumers of one connection by the numbers that the core knows them by. A number is used
 * again only when the core has said that nothing more comes for it. Owned by the connection's loop.
 */
final class ConsumerTable {
  private @Nullable ConsumerEntry[] entries = new @Nullable ConsumerEntry[4];
  private int[] free = new int[4];
  private int freeCount;
  private int used;

  /** Adds a consumer under a free number. */
  ConsumerEntry add(Amqp091Channel channel, String tag, boolean noAck) {
    int number = freeCount > 0 ? free[--freeCount] : used++;
    if (number == entries.length) {
      entries = Arrays.copyOf(entries, 2 * number);
    }
    ConsumerEntry entry = new ConsumerEntry(number, channel, tag, noAck);
    entries[number] = entry;
    return entry;
  }

  /** The consumer of a number. */
  @Nullable ConsumerEntry get(long number) {
    return number < 0 || number >= used ? null : entries[(int) number];
  }

  /** Frees the consumer's number. */
  void remove(ConsumerEntry entry) {
    if (entries[entry.number] == entry) {
      entries[entry.number] = null;
      if (freeCount == free.length) {
        free = Arrays.copyOf(free, 2 * freeCount);
      }
      free[freeCount++] = entry.number;
    }
  }
}
