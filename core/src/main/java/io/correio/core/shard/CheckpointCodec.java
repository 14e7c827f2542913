package io.correio.core.shard;

import io.correio.core.identity.Identities;
import io.correio.core.queue.Fact;
import io.correio.core.queue.Holes;
import io.correio.core.queue.Lane;
import io.correio.core.queue.QueueState;
import io.correio.core.routing.RoutingTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A shard's state as a checkpoint keeps it: a sequence of items, in blocks of some 64 KiB. An item
 * never crosses a block.
 *
 * <pre>
 *   1 a definition, as the fact that makes it     fact (see FactCodec)
 *   2 a lane                                      id, floor, tail, mark, known position: i64 each
 *   3 a block of holes of the lane before         block number i64, 64 words i64
 *   4 the next queue id                           i64
 *   5 the lane before may hold messages that expire
 * </pre>
 *
 * Definitions are those at the checkpoint's position. Each lane carries the position up to which
 * facts are in it, as lanes are copied in slices while the shard goes on; replay skips older ones.
 * Only what outlives a restart is in it. Little-endian.
 */
final class CheckpointCodec {

  private static final int BLOCK_BYTES = 64 << 10;
  private static final int DEFINITION = 1;
  private static final int LANE = 2;
  private static final int HOLES = 3;
  private static final int NEXT_QUEUE_ID = 4;
  private static final int MAY_EXPIRE = 5;
  private static final int HOLES_BYTES = 1 + Long.BYTES * (1 + Holes.BLOCK / 64);

  private CheckpointCodec() {}

  /** Takes a full block; throws what it likes, and nothing is written after that. */
  @FunctionalInterface
  interface BlockSink<E extends Exception> {
    void write(ByteBuffer block) throws E;
  }

  /** Collects items into blocks. */
  static final class Writer<E extends Exception> {

    private final BlockSink<E> sink;
    private ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    Writer(BlockSink<E> sink) {
      this.sink = sink;
    }

    void definitions(RoutingTable routing, Identities identities, long nextQueueId) throws E {
      room(9).put((byte) NEXT_QUEUE_ID).putLong(nextQueueId);
      Failing<E> failing = new Failing<>(this);
      routing.forEachExchange(e -> failing.write(new Fact.ExchangeDeclared(e)));
      routing.forEachQueue(q -> failing.write(new Fact.QueueDeclared(q)));
      routing.forEachBinding(b -> failing.write(new Fact.Bound(b, Fact.survives(b, routing))));
      identities.forEachUser(u -> failing.write(new Fact.UserPut(u)));
      identities.forEachVirtualHost(v -> failing.write(new Fact.VirtualHostPut(v)));
      identities.forEachPermission(p -> failing.write(new Fact.PermissionPut(p)));
      failing.rethrow();
    }

    private void definition(Fact fact) throws E {
      room(1 + FactCodec.maxSize(fact)).put((byte) DEFINITION);
      FactCodec.write(block, fact);
    }

    void lane(Lane lane) throws E {
      room(41)
          .put((byte) LANE)
          .putLong(lane.id())
          .putLong(lane.floor())
          .putLong(lane.tail())
          .putLong(lane.mark())
          .putLong(lane.knownPosition());
      if (lane.mayExpire()) {
        room(1).put((byte) MAY_EXPIRE);
      }
      Holes holes = lane.holes();
      if (holes != null) {
        for (Holes.Block words = holes.firstBlock(); words != null; words = words.next()) {
          ByteBuffer out = room(HOLES_BYTES).put((byte) HOLES).putLong(words.number());
          for (long word : words.words()) {
            out.putLong(word);
          }
        }
      }
    }

    private ByteBuffer room(int bytes) throws E {
      if (block.remaining() < bytes) {
        end();
        if (block.capacity() < bytes) {
          block = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }
      }
      return block;
    }

    /** Writes the last block. */
    void end() throws E {
      if (block.position() > 0) {
        sink.write(block.flip());
        block.clear();
      }
    }
  }

  /** Carries the first failure out of a visitor that may not throw. */
  private static final class Failing<E extends Exception> {

    private final Writer<E> writer;
    private @Nullable Exception failure;

    Failing(Writer<E> writer) {
      this.writer = writer;
    }

    void write(Fact fact) {
      if (failure == null && fact.isLogged()) {
        try {
          writer.definition(fact);
        } catch (Exception e) {
          failure = e;
        }
      }
    }

    @SuppressWarnings("unchecked") // definition() throws nothing but E and what is unchecked
    void rethrow() throws E {
      if (failure != null) {
        throw (E) failure;
      }
    }
  }

  /** Reads blocks back into a state. */
  static final class Reader {

    private final QueueState state;
    private @Nullable Lane lane;

    Reader(QueueState state) {
      this.state = state;
    }

    void read(ByteBuffer block) {
      ByteBuffer in = block.order(ByteOrder.LITTLE_ENDIAN);
      while (in.hasRemaining()) {
        int kind = in.get();
        switch (kind) {
          case DEFINITION -> state.apply(0, FactCodec.read(in));
          case LANE -> {
            lane =
                Lane.restore(in.getLong(), in.getLong(), in.getLong(), in.getLong(), in.getLong());
            state.restore(lane);
          }
          case HOLES -> {
            long number = in.getLong();
            long[] words = new long[Holes.BLOCK / 64];
            for (int i = 0; i < words.length; i++) {
              words[i] = in.getLong();
            }
            if (lane != null) {
              lane.restoreHoles(number, words);
            }
          }
          case MAY_EXPIRE -> {
            if (lane != null) {
              lane.restoreMayExpire();
            }
          }
          case NEXT_QUEUE_ID -> state.restoreNextQueueId(in.getLong());
          default ->
              throw new IllegalArgumentException(
                  "the checkpoint holds an item of kind "
                      + kind
                      + ", which this release does not know: start the release that wrote it");
        }
      }
    }
  }
}
