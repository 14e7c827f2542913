package io.correio.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has written and its socket has not taken. Owned by the connection's loop,
 * released by the connection.
 *
 * <pre>
 *   reserve ─► chunk being filled ─┐ full, or flush
 *   write   ─► small: copied       ├──► waiting ──► batch of at most 256 KiB ──► socket
 *           ─► large: kept as is ──┘               (one at a time, one gather write)
 * </pre>
 *
 * Large arrays are copied to direct memory (which a socket needs) only batch by batch, so that a
 * peer that reads nothing holds on to the arrays and to no second copy of them.
 */
final class Outbox implements ChannelFutureListener {

  /** Chunks start small, for most connections say little, and grow while rounds fill them. */
  static final int MIN_CHUNK_BYTES = 1 << 10;

  static final int MAX_CHUNK_BYTES = 64 << 10;

  /** Ranges of arrays from this size on are kept as they are. */
  static final int KEEP_BYTES = 16 << 10;

  /** The most that is handed to the socket in one gather write. */
  static final int BATCH_BYTES = 256 << 10;

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final Loop loop;
  private final ChannelHandlerContext context;
  private final Runnable onBatchWritten;
  private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();

  private @Nullable ByteBuf chunk;
  private ByteBuffer view = EMPTY; // of the chunk; its position is how far the session has written
  private int counted; // how much of the view is in `written`
  private int nextChunkBytes = MIN_CHUNK_BYTES;

  private long written; // bytes not yet reported as drained
  private long drained;
  private int batch; // bytes that the socket is busy with
  private boolean flushing;
  private boolean released;

  Outbox(Loop loop, ChannelHandlerContext context, Runnable onBatchWritten) {
    this.loop = loop;
    this.context = context;
    this.onBatchWritten = onBatchWritten;
  }

  ByteBuffer reserve(int bytes) {
    if (released) {
      return ByteBuffer.allocate(bytes);
    }
    if (view.remaining() >= bytes) {
      return view;
    }
    if (chunk != null) {
      seal();
      nextChunkBytes = Math.min(2 * nextChunkBytes, MAX_CHUNK_BYTES);
    }
    ByteBuf fresh = loop.allocator().directBuffer(Math.max(bytes, nextChunkBytes));
    loop.outboxGrew(fresh.capacity());
    chunk = fresh;
    view = fresh.nioBuffer(0, fresh.capacity());
    counted = 0;
    return view;
  }

  void write(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (released) {
      return;
    }
    if (length >= KEEP_BYTES) {
      seal();
      waiting.add(Unpooled.wrappedBuffer(bytes, offset, length));
      written += length;
      return;
    }
    // What fits goes into the chunk at hand, so that chunks leave full.
    int first = Math.min(view.remaining(), length);
    view.put(bytes, offset, first);
    if (first < length) {
      reserve(length - first).put(bytes, offset + first, length - first);
    }
  }

  /** Bytes that were written and are not yet in what {@link #takeDrained} has given out. */
  long pendingBytes() {
    count();
    return written;
  }

  /** Whether everything written has reached the socket. */
  boolean isEmpty() {
    count();
    return written == drained;
  }

  /** Bytes that reached the socket since the last call. */
  long takeDrained() {
    long taken = drained;
    drained = 0;
    written -= taken;
    return taken;
  }

  private void count() {
    int position = view.position();
    written += position - counted;
    counted = position;
  }

  private void seal() {
    ByteBuf sealed = chunk;
    if (sealed == null) {
      return;
    }
    count();
    chunk = null;
    view = EMPTY;
    if (counted == 0) {
      discard(sealed);
    } else {
      waiting.add(sealed.writerIndex(counted));
    }
    counted = 0;
  }

  /** Hands to the socket what it takes. Never re-entered: a batch that completes inside is seen. */
  void flush() {
    if (released || flushing) {
      return;
    }
    if (view.position() < nextChunkBytes / 4 && waiting.isEmpty()) {
      nextChunkBytes = Math.max(nextChunkBytes / 2, MIN_CHUNK_BYTES);
    }
    seal();
    flushing = true;
    while (batch == 0 && !waiting.isEmpty()) {
      writeBatch();
    }
    flushing = false;
  }

  private void writeBatch() {
    ByteBuf last = next(BATCH_BYTES);
    int total = last.readableBytes();
    while (total < BATCH_BYTES && !waiting.isEmpty()) {
      ByteBuf more = next(BATCH_BYTES - total);
      total += more.readableBytes();
      var _ = context.write(last, context.voidPromise());
      last = more;
    }
    batch = total; // before writing, for the write may complete at once
    var _ = context.writeAndFlush(last).addListener(this);
  }

  /** The next piece for the socket, in direct memory. */
  private ByteBuf next(int max) {
    ByteBuf head = waiting.element();
    if (head.isDirect()) {
      loop.outboxGrew(-head.capacity());
      return waiting.remove();
    }
    int length = Math.min(Math.min(head.readableBytes(), max), MAX_CHUNK_BYTES);
    ByteBuf piece = loop.allocator().directBuffer(length, length);
    head.readBytes(piece, length);
    if (!head.isReadable()) {
      waiting.remove().release();
    }
    return piece;
  }

  /** A batch has reached the socket; or failed, and then the channel closes itself. */
  @Override
  public void operationComplete(ChannelFuture future) {
    if (released || !future.isSuccess()) {
      return;
    }
    drained += batch;
    batch = 0;
    if (!flushing) {
      onBatchWritten.run();
    }
  }

  private void discard(ByteBuf buffer) {
    if (buffer.isDirect()) {
      loop.outboxGrew(-buffer.capacity());
    }
    buffer.release();
  }

  /** Gives all memory back. What is written afterwards goes nowhere. */
  void release() {
    if (released) {
      return;
    }
    seal();
    released = true;
    waiting.forEach(this::discard);
    waiting.clear();
  }
}
