package io.correio.amqp.v091;

import static org.assertj.core.api.Assertions.assertThat;

import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.BasicProperties;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * Valid traffic with seeded damage: the engine may raise AmqpException and nothing else, stores no
 * more than a small multiple of what it was given, and comes to an end. {@code
 * -Dcorreio.fuzz.seed=N} repeats one seed, {@code -Dcorreio.fuzz.seconds=N} goes on for longer than
 * the five seconds of an ordinary run.
 */
final class FrameFuzzTest {
  private static final int FRAME_MAX = 4096;
  private static final int CHANNEL_MAX = 16;
  private static final long MAX_STORED_UNASKED = CHANNEL_MAX * 4096L + 2 * FRAME_MAX;

  @Test
  void damaged_traffic_raises_protocol_errors_only() {
    Long seed = Long.getLong("correio.fuzz.seed");
    if (seed != null) {
      run(seed);
      return;
    }
    long end = System.nanoTime() + 1_000_000_000L * Long.getLong("correio.fuzz.seconds", 5);
    long next = 0;
    while (System.nanoTime() - end < 0 || next < 100) {
      run(next++);
    }
  }

  private static void run(long seed) {
    RandomValues random = new RandomValues(seed);
    byte[] bytes = damage(Traffic.mixed(seed, 1 + random.below(40), FRAME_MAX).bytes(), random);
    try {
      check(bytes, random);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("correio.fuzz.seed=" + seed, e);
    }
  }

  /** Feeds an engine with bytes from anywhere, in pieces. */
  static void check(byte[] bytes, RandomValues random) {
    Amqp091Engine engine =
        random.below(4) == 0
            ? Amqp091Engine.client(FRAME_MAX, CHANNEL_MAX)
            : Amqp091Engine.server(FRAME_MAX, CHANNEL_MAX);
    Sink sink = new Sink(engine, random);
    int piece = 1 + random.below(bytes.length);
    for (int at = 0; at < bytes.length; at += piece) {
      feed(engine, ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)), sink);
      assertThat(engine.storedBytes()).isLessThan(2L * bytes.length + MAX_STORED_UNASKED);
    }
    assertThat(sink.received).isLessThanOrEqualTo(bytes.length);
  }

  /** Feeds all; each round consumes a byte at least, so there are no more rounds than bytes. */
  private static void feed(Amqp091Engine engine, ByteBuffer in, Sink sink) {
    while (in.hasRemaining()) {
      int before = in.remaining();
      try {
        engine.receive(in, sink);
      } catch (AmqpException e) {
        assertThat(e.replyText()).isNotEmpty();
      }
      assertThat(in.remaining()).isLessThan(before);
    }
  }

  private static byte[] damage(byte[] bytes, RandomValues random) {
    byte[] damaged = bytes;
    for (int changes = 1 + random.below(4); changes > 0; changes--) {
      int at = random.below(damaged.length);
      int length = Math.min(damaged.length - at, 1 + random.below(16));
      switch (random.below(5)) {
        case 0 -> damaged[at] = (byte) random.octet();
        case 1 -> damaged[at] ^= (byte) (1 << random.below(8));
        case 2 -> damaged[at] = new byte[] {0, 1, 127, -128, -1}[random.below(5)];
        case 3 -> damaged = spliced(damaged, at, length, new byte[0]);
        default -> damaged = spliced(damaged, at, 0, Arrays.copyOfRange(damaged, at, at + length));
      }
      if (damaged.length == 0) {
        return new byte[] {0};
      }
    }
    return damaged;
  }

  private static byte[] spliced(byte[] bytes, int at, int removed, byte[] inserted) {
    ByteBuffer out = ByteBuffer.allocate(bytes.length - removed + inserted.length);
    out.put(bytes, 0, at).put(inserted).put(bytes, at + removed, bytes.length - at - removed);
    return out.array();
  }

  /** Looks at all that a session would look at, and pauses and refuses now and then. */
  private static final class Sink implements FrameHandler {
    private final Amqp091Engine engine;
    private final RandomValues random;
    private long received;

    Sink(Amqp091Engine engine, RandomValues random) {
      this.engine = engine;
      this.random = random;
    }

    @Override
    public void onProtocolHeader() {}

    @Override
    public void onUnsupportedProtocol(byte[] bytes) {
      assertThat(bytes).hasSizeBetween(1, 8);
    }

    @Override
    public void onMethod(int channel, Method method) {
      assertThat(channel).isBetween(0, CHANNEL_MAX);
      assertThat(method.toString()).isNotEmpty();
      sometimesPause();
    }

    @Override
    public boolean onContentHeader(int channel, ContentMethod method, long bodySize) {
      assertThat(bodySize).isNotNegative();
      sometimesPause();
      return bodySize <= Frames.MAX_BODY_BYTES && random.below(10) > 0;
    }

    @Override
    public void onContent(int channel, ContentMethod method, byte[] properties, byte[] body) {
      received += body.length;
      BasicProperties read = new BasicProperties(properties);
      assertThat(read.toString()).isNotEmpty();
      assertThat(read.expirationMillis()).isGreaterThanOrEqualTo(-2);
    }

    @Override
    public void onHeartbeat() {
      sometimesPause();
    }

    private void sometimesPause() {
      if (random.below(8) == 0) {
        engine.pause();
      }
    }
  }
}
