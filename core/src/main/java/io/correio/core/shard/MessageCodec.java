package io.correio.core.shard;

import io.correio.core.message.Address;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.History;
import io.correio.core.message.Message;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A message as it lies in a record of the log. The record's keys say in which lanes it is.
 *
 * <pre>
 *  offset size
 *  0      1    tag of the fact: 1, a message was enqueued
 *  1      1    flags: 1 durable, 2 with places, 4 with a history, 8 may expire
 *  2      1    priority
 *  3      1    content format
 *  4      8    time to live, milliseconds; -1 for ever
 *  12     2    length of exchange, bytes of UTF-8
 *  14     2    length of key
 *  16     4    length of the content's head
 *  20     4    number of places: only with flag 2, so only in scratch logs
 *  24     16   for each lane that the record is in, where the message stands beside the
 *              durable lane: lane i64, sequence i64
 *  ..          only with flag 4: length i32 and bytes of the history, see History
 *  ..          exchange, key, head, body (the rest)
 * </pre>
 *
 * Little-endian. Not thread-safe: each thread has its own.
 */
final class MessageCodec {

  /** First byte of every record that holds a message. */
  static final byte TAG = 1;

  private static final int FIXED_BYTES = 20;
  private static final int DURABLE = 1;
  private static final int PLACES = 2;
  private static final int HISTORY = 4;
  private static final int MAY_EXPIRE = 8;
  private static final int PLACE_BYTES = 2 * Long.BYTES;

  private static final long[] NOWHERE = {};

  // A steady producer sends to one address, so its bytes and its object are worth keeping.
  private @Nullable Address lastAddress;
  private byte[] lastExchange = {};
  private byte[] lastKey = {};

  /** Bytes that a message takes, without places. */
  int encodedSize(Message message) {
    remember(message.envelope().address());
    int history = message.history().encodedSize();
    return FIXED_BYTES
        + (history == 0 ? 0 : Integer.BYTES + history)
        + lastExchange.length
        + lastKey.length
        + message.content().head().length
        + message.content().body().length;
  }

  /** Bytes that places in so many lanes take. */
  static int placesSize(int lanes) {
    return Integer.BYTES + PLACE_BYTES * lanes;
  }

  /** Writes a message; call {@link #encodedSize} before. */
  void write(ByteBuffer out, Message message) {
    write(out, message, NOWHERE, NOWHERE);
  }

  /** Writes a message with its places beside durable lanes. */
  void write(ByteBuffer out, Message message, long[] lanes, long[] besideSequences) {
    Envelope envelope = message.envelope();
    Content content = message.content();
    remember(envelope.address());
    int history = message.history().encodedSize();
    out.put(TAG)
        .put(
            (byte)
                ((envelope.durable() ? DURABLE : 0)
                    | (lanes.length > 0 ? PLACES : 0)
                    | (history > 0 ? HISTORY : 0)
                    | (message.history().arrivedAtMillis() != 0 ? MAY_EXPIRE : 0)))
        .put((byte) envelope.priority())
        .put((byte) content.format())
        .putLong(envelope.timeToLiveMillis())
        .putShort((short) lastExchange.length)
        .putShort((short) lastKey.length)
        .putInt(content.head().length);
    if (lanes.length > 0) {
      out.putInt(lanes.length);
      for (int i = 0; i < lanes.length; i++) {
        out.putLong(lanes[i]).putLong(besideSequences[i]);
      }
    }
    if (history > 0) {
      message.history().encode(out.putInt(history));
    }
    out.put(lastExchange).put(lastKey).put(content.head()).put(content.body());
  }

  private void remember(Address address) {
    if (!address.equals(lastAddress)) {
      lastAddress = address;
      lastExchange = address.exchange().getBytes(StandardCharsets.UTF_8);
      lastKey = address.key().getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * The sequence of the durable lane that a message of a transient lane stands before; 0 in a
   * record without places.
   */
  static long besideSequence(ByteBuffer in, long lane) {
    int start = in.position();
    if ((in.get(start + 1) & PLACES) == 0) {
      return 0;
    }
    int at = start + FIXED_BYTES + Integer.BYTES;
    for (int left = in.getInt(start + FIXED_BYTES); left > 0; left--) {
      if (in.getLong(at) == lane) {
        return in.getLong(at + Long.BYTES);
      }
      at += PLACE_BYTES;
    }
    throw new IllegalArgumentException("a record has no place for lane " + lane);
  }

  /** Whether the message may expire. */
  static boolean mayExpire(ByteBuffer in) {
    return (in.get(in.position() + 1) & MAY_EXPIRE) != 0;
  }

  /** Reads a message; the buffer's limit is the end of its body. */
  Message read(ByteBuffer in) {
    byte tag = in.get();
    if (tag != TAG) {
      throw new IllegalArgumentException("a record with keys has tag " + tag + ", not a message's");
    }
    int flags = in.get();
    int priority = in.get() & 0xFF;
    int format = in.get() & 0xFF;
    long timeToLiveMillis = in.getLong();
    byte[] exchange = new byte[in.getShort() & 0xFFFF];
    byte[] key = new byte[in.getShort() & 0xFFFF];
    byte[] head = new byte[in.getInt()];
    if ((flags & PLACES) != 0) {
      int places = in.getInt();
      in.position(in.position() + places * PLACE_BYTES);
    }
    History history = History.NONE;
    if ((flags & HISTORY) != 0) {
      byte[] bytes = new byte[in.getInt()];
      in.get(bytes);
      history = History.decode(bytes);
    }
    in.get(exchange).get(key).get(head);
    byte[] body = new byte[in.remaining()];
    in.get(body);
    Envelope envelope =
        new Envelope(address(exchange, key), (flags & DURABLE) != 0, priority, timeToLiveMillis);
    return new Message(envelope, new Content(format, head, body), history);
  }

  private Address address(byte[] exchange, byte[] key) {
    Address last = lastAddress;
    if (last == null || !Arrays.equals(exchange, lastExchange) || !Arrays.equals(key, lastKey)) {
      last =
          new Address(
              new String(exchange, StandardCharsets.UTF_8),
              new String(key, StandardCharsets.UTF_8));
      lastAddress = last;
      lastExchange = exchange;
      lastKey = key;
    }
    return last;
  }
}
