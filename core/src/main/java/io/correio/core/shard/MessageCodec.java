package io.correio.core.shard;

import io.correio.core.message.Address;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
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
 *  1      1    flags: 1 durable, 2 with the sequence beside
 *  2      1    priority
 *  3      1    content format
 *  4      8    time to live, milliseconds; -1 for ever
 *  12     2    length of exchange, bytes of UTF-8
 *  14     2    length of key
 *  16     4    length of the content's head
 *  20     8    sequence of the durable lane beside: only with flag 2, so only in scratch logs
 *  ..          exchange, key, head, body (the rest)
 * </pre>
 *
 * Little-endian. Not thread-safe: each thread has its own.
 */
final class MessageCodec {

  /** First byte of every record that holds a message. */
  static final byte TAG = 1;

  /** A sequence that says nothing about the durable lane beside. */
  static final long NOTHING_BESIDE = Long.MAX_VALUE;

  private static final int FIXED_BYTES = 20;
  private static final int DURABLE = 1;
  private static final int BESIDE = 2;

  // A steady producer sends to one address, so its bytes and its object are worth keeping.
  private @Nullable Address lastAddress;
  private byte[] lastExchange = {};
  private byte[] lastKey = {};

  /** Bytes that {@link #write} takes at most. */
  int encodedSize(Message message) {
    remember(message.envelope().address());
    return FIXED_BYTES
        + Long.BYTES
        + lastExchange.length
        + lastKey.length
        + message.content().head().length
        + message.content().body().length;
  }

  /** Writes a message; call {@link #encodedSize} before. */
  void write(ByteBuffer out, Message message, long besideSequence) {
    Envelope envelope = message.envelope();
    Content content = message.content();
    remember(envelope.address());
    boolean beside = besideSequence != NOTHING_BESIDE;
    out.put(TAG)
        .put((byte) ((envelope.durable() ? DURABLE : 0) | (beside ? BESIDE : 0)))
        .put((byte) envelope.priority())
        .put((byte) content.format())
        .putLong(envelope.timeToLiveMillis())
        .putShort((short) lastExchange.length)
        .putShort((short) lastKey.length)
        .putInt(content.head().length);
    if (beside) {
      out.putLong(besideSequence);
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

  /** The sequence of the durable lane beside, or {@link #NOTHING_BESIDE}. */
  static long besideSequence(ByteBuffer in) {
    int at = in.position();
    return (in.get(at + 1) & BESIDE) == 0 ? NOTHING_BESIDE : in.getLong(at + FIXED_BYTES);
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
    if ((flags & BESIDE) != 0) {
      in.getLong();
    }
    in.get(exchange).get(key).get(head);
    byte[] body = new byte[in.remaining()];
    in.get(body);
    Envelope envelope =
        new Envelope(address(exchange, key), (flags & DURABLE) != 0, priority, timeToLiveMillis);
    return new Message(envelope, new Content(format, head, body));
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
