package io.correio.server.front;

import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Message;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The publishes of one connection that the core has not settled: whose they are, which delivery tag
 * confirms them, and the credit they take. Owned by the connection's loop.
 *
 * <p>The core numbers a connection's publishes 1, 2, 3 …; a ring holds those from the oldest
 * unsettled one on. A number that was rejected stays as a hole until all before it are settled.
 */
public final class PublishLedger {
  private static final int FIRST_CAPACITY = 16;
  private static final int REJECTED = -1;

  private @Nullable Publisher[] publishers = new @Nullable Publisher[FIRST_CAPACITY];
  private long[] tags = new long[FIRST_CAPACITY];
  private int[] sizes = new int[FIRST_CAPACITY];
  private int[] reserved = new int[FIRST_CAPACITY];
  private long first = 1;
  private long next = 1;
  private int open;
  private long openBytes;

  /** Whom a publish belongs to: a channel. */
  public interface Publisher {
    /** The publish with this delivery tag is safe; 0 when it asked for no confirm. */
    void onAccepted(long tag);

    /** Nobody has the publish with this delivery tag; 0 when it asked for no confirm. */
    void onRejected(long tag);

    /** The publish with this delivery tag, 0 when it asked for no confirm, reached no queue. */
    void onReturned(long tag, Message message);
  }

  /**
   * Notes the next publish, just before it is submitted.
   *
   * @param tag delivery tag that confirms it, 0 for none
   * @param size what it is accounted with
   * @param reservedBytes what it holds in the {@link BodyBudget}
   */
  public void add(Publisher publisher, long tag, int size, int reservedBytes) {
    if (next - first == tags.length) {
      grow();
    }
    int at = index(next);
    publishers[at] = publisher;
    tags[at] = tag;
    sizes[at] = size;
    reserved[at] = reservedBytes;
    next++;
    open++;
    openBytes += size;
  }

  /** Whether the connection has spent its publish credit. */
  public boolean isExhausted() {
    return open >= VirtualHost.PUBLISH_CREDIT_MESSAGES
        || openBytes >= VirtualHost.PUBLISH_CREDIT_BYTES;
  }

  /** Settles all up to a number that were not rejected; returns the reserved bytes they held. */
  public long accepted(long number) {
    long released = 0;
    while (first <= number && first < next) {
      int at = index(first);
      Publisher publisher = publishers[at];
      if (sizes[at] != REJECTED && publisher != null) {
        released += close(at);
        publisher.onAccepted(tags[at]);
      }
      publishers[at] = null;
      first++;
    }
    return released;
  }

  /** Settles one number as rejected; returns the reserved bytes it held. */
  public long rejected(long number) {
    if (number < first || number >= next) {
      return 0;
    }
    int at = index(number);
    Publisher publisher = publishers[at];
    if (sizes[at] == REJECTED || publisher == null) {
      return 0;
    }
    long released = close(at);
    sizes[at] = REJECTED;
    publisher.onRejected(tags[at]);
    return released;
  }

  /** Whose an unsettled publish is. */
  public @Nullable Publisher publisher(long number) {
    return number < first || number >= next ? null : publishers[index(number)];
  }

  /** The delivery tag that an unsettled publish was noted with; 0 when it is settled. */
  public long tag(long number) {
    return number < first || number >= next ? 0 : tags[index(number)];
  }

  /** Forgets everything; returns the reserved bytes that were held. */
  public long clear() {
    long released = 0;
    for (long number = first; number < next; number++) {
      released += reserved[index(number)];
    }
    first = next;
    open = 0;
    openBytes = 0;
    Arrays.fill(publishers, null);
    Arrays.fill(reserved, 0);
    return released;
  }

  private long close(int at) {
    open--;
    openBytes -= sizes[at];
    long released = reserved[at];
    reserved[at] = 0;
    return released;
  }

  private int index(long number) {
    return (int) number & (tags.length - 1);
  }

  private void grow() {
    int capacity = 2 * tags.length;
    @Nullable Publisher[] newPublishers = new @Nullable Publisher[capacity];
    long[] newTags = new long[capacity];
    int[] newSizes = new int[capacity];
    int[] newReserved = new int[capacity];
    for (long number = first; number < next; number++) {
      int from = index(number);
      int to = (int) number & (capacity - 1);
      newPublishers[to] = publishers[from];
      newTags[to] = tags[from];
      newSizes[to] = sizes[from];
      newReserved[to] = reserved[from];
    }
    publishers = newPublishers;
    tags = newTags;
    sizes = newSizes;
    reserved = newReserved;
  }
}
