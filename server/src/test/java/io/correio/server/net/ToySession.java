package io.correio.server.net;

import io.correio.server.front.Session;
import io.correio.server.front.Wire;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Takes the header, says it is open, and sends back what comes; tests override what they need. */
class ToySession implements Session {

  final Wire wire;
  final AtomicInteger wakes = new AtomicInteger();
  final AtomicInteger ticks = new AtomicInteger();
  final AtomicLong drained = new AtomicLong();
  final AtomicLong received = new AtomicLong();
  final CompletableFuture<String> closed = new CompletableFuture<>();
  private boolean greeted;

  ToySession(Wire wire) {
    this.wire = wire;
  }

  @Override
  public final void onRead(ByteBuffer in) {
    if (!greeted) {
      in.position(in.position() + ToyFront.HEADER.length);
      greeted = true;
      onGreeted();
    }
    int before = in.remaining();
    if (before > 0) {
      onBytes(in);
    }
    received.addAndGet(before - in.remaining());
  }

  void onGreeted() {
    wire.established();
  }

  void onBytes(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    wire.write(bytes, 0, bytes.length);
  }

  @Override
  public void onWake() {
    wakes.incrementAndGet();
  }

  @Override
  public void onDrained(long bytes) {
    drained.addAndGet(bytes);
  }

  @Override
  public void onTick(long nowMillis) {
    ticks.incrementAndGet();
  }

  @Override
  public void onStopping() {
    byte[] bye = {'b', 'y', 'e'};
    wire.write(bye, 0, bye.length);
    wire.close("");
  }

  @Override
  public void onClosed(String cause) {
    if (!closed.complete(cause)) {
      throw new AssertionError("closed twice: " + cause);
    }
  }
}
