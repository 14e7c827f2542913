package io.correio.posix.descriptor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Native memory for one call: 64 KiB for data that lives in Java's heap, and room for the
 * structures that go with it. Borrowed, and given back by whoever borrowed it.
 */
public final class Scratch {

  /** Bytes of data. */
  public static final int DATA_BYTES = 64 * 1024;

  /** Bytes for structures. */
  public static final int STRUCT_BYTES = 4 * 1024;

  /** Most that are held at once by calls that may block in the kernel. */
  public static final int BLOCKED_MAX = 128;

  private static final AtomicInteger BLOCKED = new AtomicInteger();
  private static final Stripes<Scratch> KEPT = new Stripes<>();

  private final MemorySegment data;
  private final MemorySegment structs;
  private final ByteBuffer buffer;

  private Scratch() {
    MemorySegment all = Arena.ofAuto().allocate(DATA_BYTES + STRUCT_BYTES, 64);
    structs = all.asSlice(0, STRUCT_BYTES);
    data = all.asSlice(STRUCT_BYTES, DATA_BYTES);
    buffer = data.asByteBuffer();
  }

  /** One that nobody else has. */
  public static Scratch borrow() {
    Scratch kept = KEPT.take();
    return kept == null ? new Scratch() : kept;
  }

  /** Ends the borrowing; memory that is not kept goes with the garbage. */
  public void giveBack() {
    boolean kept = KEPT.keep(this);
    assert kept || data.scope().isAlive();
  }

  /**
   * The same for a call that may block in the kernel, or not; ended by {@link #giveBack(boolean)}.
   *
   * @return null if it may block, and {@link #BLOCKED_MAX} are held by such calls
   */
  public static @Nullable Scratch borrow(boolean block) {
    if (block && BLOCKED.incrementAndGet() > BLOCKED_MAX) {
      BLOCKED.decrementAndGet();
      return null;
    }
    return borrow();
  }

  /** Ends what {@link #borrow(boolean)} has begun. */
  public void giveBack(boolean block) {
    if (block) {
      BLOCKED.decrementAndGet();
    }
    giveBack();
  }

  /** For data. */
  public MemorySegment data() {
    return data;
  }

  /** The same memory as {@link #data}; only to be used by index. */
  public ByteBuffer buffer() {
    return buffer;
  }

  /** For structures. */
  public MemorySegment structs() {
    return structs;
  }
}
