package io.correio.core.message;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What befell a message since it was accepted: when it arrived, where it died before. Travels
 * beside the content, in words of no protocol. Immutable.
 *
 * <pre>
 *  arrived i64, due i64, deaths i16, for each: reason i8, count i64, first i64, last i64,
 *                                              time to live i64, queue, exchange, keys i16, key …
 *  only where there are deaths: of the very first: queue, reason i8, exchange
 *  a string is an i16 length and its bytes, all big-endian
 * </pre>
 */
public final class History {

  /** Of a message that has just arrived, where nobody asks for the time. */
  public static final History NONE = new History(0, 0, List.of(), null);

  /** Pairs of queue and reason that are remembered, the newest. */
  public static final int MAX_DEATHS = 64;

  /** What is kept of a name. */
  private static final int MAX_CHARACTERS = 16_384;

  /** Heap that a history costs beside its bytes. */
  private static final int OVERHEAD_BYTES = 64;

  private final long arrivedAtMillis;
  private final long dueAtMillis;
  private final List<Death> deaths;
  private final @Nullable Death first;
  private byte @Nullable [] encoded;

  private History(
      long arrivedAtMillis, long dueAtMillis, List<Death> deaths, @Nullable Death first) {
    this.arrivedAtMillis = arrivedAtMillis;
    this.dueAtMillis = dueAtMillis;
    this.deaths = deaths;
    this.first = first;
  }

  /** When it arrived in its queues, milliseconds since 1970; 0 where nobody asks. */
  public long arrivedAtMillis() {
    return arrivedAtMillis;
  }

  /** Before this time nobody may get it, milliseconds since 1970; 0 for at once. */
  public long dueAtMillis() {
    return dueAtMillis;
  }

  /** Where it died before, the last one first; each queue and reason once. */
  public List<Death> deaths() {
    return deaths;
  }

  /** How it died for the first time: queue, reason and exchange; null when it never did. */
  public @Nullable Death firstDeath() {
    return first;
  }

  /** This history, arrived at a time. */
  public History arrivedAt(long millis) {
    return new History(millis, dueAtMillis, deaths, first);
  }

  /** This history, not to be handed out before a time; 0 for at once. */
  public History dueAt(long millis) {
    return new History(arrivedAtMillis, millis, deaths, first);
  }

  /** This history after one more death, which is of count 1. The times begin anew. */
  public History with(Death death) {
    List<Death> all = new ArrayList<>(deaths.size() + 1);
    all.add(death);
    for (Death before : deaths) {
      if (before.isOf(death.queue(), death.reason())) {
        all.set(0, before.again(death.lastMillis()));
      } else if (all.size() < MAX_DEATHS) {
        all.add(before);
      }
    }
    return new History(0, 0, List.copyOf(all), first == null ? death : first);
  }

  /**
   * Whether a message that dies and would come to the queue goes round in a circle in which nobody
   * refused it, so that it would go round for ever.
   */
  public boolean isCircle(String queue) {
    for (Death death : deaths) {
      if (death.reason() == Death.Reason.REJECTED) {
        return false;
      }
      if (death.queue().equals(queue)) {
        return true;
      }
    }
    return false;
  }

  boolean isNone() {
    return arrivedAtMillis == 0 && dueAtMillis == 0 && deaths.isEmpty();
  }

  /** Bytes that it is accounted with. */
  int size() {
    return isNone() ? 0 : OVERHEAD_BYTES + encodedSize();
  }

  /** Bytes that {@link #encode} writes; 0 when there is nothing to be said. */
  public int encodedSize() {
    return encoded().length;
  }

  /** Writes it at the buffer's position, which moves on. */
  public void encode(ByteBuffer to) {
    to.put(encoded());
  }

  private byte[] encoded() {
    byte[] bytes = encoded;
    if (bytes == null) {
      bytes = isNone() ? new byte[0] : write();
      encoded = bytes;
    }
    return bytes;
  }

  private byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(arrivedAtMillis);
      out.writeLong(dueAtMillis);
      out.writeShort(deaths.size());
      for (Death death : deaths) {
        out.writeByte(death.reason().code);
        out.writeLong(death.count());
        out.writeLong(death.firstMillis());
        out.writeLong(death.lastMillis());
        out.writeLong(death.timeToLiveMillis());
        write(out, death.queue());
        write(out, death.exchange());
        out.writeShort(death.keys().size());
        for (String key : death.keys()) {
          write(out, key);
        }
      }
      if (first != null) {
        write(out, first.queue());
        out.writeByte(first.reason().code);
        write(out, first.exchange());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    out.writeUTF(text.length() <= MAX_CHARACTERS ? text : text.substring(0, MAX_CHARACTERS));
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if that is not what was encoded
   */
  public static History decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      long arrived = in.readLong();
      long due = in.readLong();
      List<Death> deaths = new ArrayList<>();
      for (int left = in.readUnsignedShort(); left > 0; left--) {
        deaths.add(death(in));
      }
      Death first = null;
      if (!deaths.isEmpty()) {
        String queue = in.readUTF();
        Death.Reason reason = Death.Reason.of(in.readByte());
        first = new Death(queue, reason, 1, 0, 0, in.readUTF(), List.of(), Envelope.NO_EXPIRY);
      }
      return new History(arrived, due, List.copyOf(deaths), first);
    } catch (IOException e) {
      throw new IllegalArgumentException("a message's history is damaged", e);
    }
  }

  private static Death death(DataInputStream in) throws IOException {
    Death.Reason reason = Death.Reason.of(in.readByte());
    long count = in.readLong();
    long firstMillis = in.readLong();
    long lastMillis = in.readLong();
    long timeToLiveMillis = in.readLong();
    String queue = in.readUTF();
    String exchange = in.readUTF();
    List<String> keys = new ArrayList<>();
    for (int left = in.readUnsignedShort(); left > 0; left--) {
      keys.add(in.readUTF());
    }
    return new Death(
        queue, reason, count, firstMillis, lastMillis, exchange, keys, timeToLiveMillis);
  }
}
