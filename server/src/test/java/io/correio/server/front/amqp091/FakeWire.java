package io.correio.server.front.amqp091;

import io.correio.server.front.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A wire without a socket: keeps what is written until the test takes it. */
public final class FakeWire implements Wire {
  private ByteBuffer out = ByteBuffer.allocate(64 << 10);
  private int taken;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  public final ArrayDeque<String> log = new ArrayDeque<>();
  public boolean reading = true;
  public boolean woken;
  public boolean hasRoom = true;
  public boolean established;
  public boolean loopback = true;
  public @Nullable String closed;

  @Override
  public ByteBuffer reserve(int bytes) {
    ensure(bytes);
    return out;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    ensure(length);
    out.put(bytes, offset, length);
  }

  private void ensure(int bytes) {
    if (out.remaining() < bytes) {
      ByteBuffer larger = ByteBuffer.allocate(2 * (out.capacity() + bytes));
      out = larger.put(out.flip());
    }
  }

  /** Bytes that were written and not looked at yet. */
  public ByteBuffer takeWritten() {
    ByteBuffer fresh = out.duplicate().flip().position(taken);
    taken = out.position();
    return fresh;
  }

  /** All written bytes reach the socket; returns how many. */
  public long drain() {
    return drain(out.position());
  }

  /** The first so many written bytes reach the socket; returns how many. */
  public long drain(long bytes) {
    assert bytes <= taken : "the test has to look at bytes before they drain";
    int count = (int) bytes;
    out.flip().position(count);
    out.compact();
    taken -= count;
    return count;
  }

  @Override
  public long pendingBytes() {
    return out.position();
  }

  @Override
  public boolean hasRoom() {
    return hasRoom;
  }

  @Override
  public void established() {
    established = true;
  }

  @Override
  public void pauseReading() {
    reading = false;
  }

  @Override
  public void resumeReading() {
    reading = true;
  }

  @Override
  public void close(String cause) {
    if (closed == null) {
      closed = cause;
    }
  }

  @Override
  public void wake() {
    woken = true;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /** Runs what waits for the loop. */
  public void runTasks() {
    Runnable task;
    while ((task = tasks.poll()) != null) {
      task.run();
    }
  }

  @Override
  public String peer() {
    return "127.0.0.1:1";
  }

  @Override
  public boolean isLoopback() {
    return loopback;
  }

  @Override
  public boolean isSecure() {
    return false;
  }
}
