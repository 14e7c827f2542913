package io.correio.tests.simulation;

import io.correio.server.front.Session;
import io.correio.server.front.Wire;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket: both directions are queues that move on in pieces of any length
 * when the simulation says so. Either end may stop, close or vanish.
 */
final class SimulatedWire implements Wire {

  /** What the peer of a session is told. */
  interface Peer {
    void onBytes(ByteBuffer bytes);

    /** The connection is over, whoever ended it. Last call. */
    void onClosed();
  }

  private final Executor loop;
  private final SplittableRandom random;
  private final int roomBytes;
  private final int maxChunkBytes;
  private final String peerName;
  private final ByteQueue toServer = new ByteQueue();
  private ByteBuffer toClient = ByteBuffer.allocate(4096);
  private ByteBuffer nowhere = ByteBuffer.allocate(0);
  private @Nullable Session session;
  private @Nullable Peer peer;
  private boolean reading = true;
  private int offered;
  private boolean offerAgain;
  private boolean endOfStream;
  private boolean woken;
  private @Nullable String closing;
  private boolean closed;

  /** Whether the client has stopped reading. */
  boolean stuck;

  SimulatedWire(
      Executor loop, SplittableRandom random, int roomBytes, int maxChunkBytes, String peerName) {
    this.loop = loop;
    this.random = random;
    this.roomBytes = roomBytes;
    this.maxChunkBytes = maxChunkBytes;
    this.peerName = peerName;
  }

  void connect(Function<Wire, Session> accept, Peer client) {
    peer = client;
    session = accept.apply(this);
  }

  private Session session() {
    return Objects.requireNonNull(session);
  }

  // ---- the client's end ----------------------------------------------------------------------

  void send(ByteBuffer bytes) {
    if (!closed && !endOfStream) {
      toServer.append(bytes);
    }
  }

  /** Sent by the client and not read by the session. */
  int unreadBytes() {
    return toServer.size();
  }

  /** The client sends nothing more. */
  void halfClose() {
    endOfStream = true;
  }

  /** The client is gone without a word. */
  void vanish() {
    if (!closed) {
      finish("connection reset");
    }
  }

  boolean isClosed() {
    return closed;
  }

  // ---- what the simulation does --------------------------------------------------------------

  /** The session reads a piece; returns whether there was any. */
  boolean stepToServer() {
    if (closed || closing != null || !reading) {
      return false;
    }
    int fresh = toServer.size() - offered;
    if (fresh == 0 && !offerAgain) {
      if (endOfStream) {
        finish("end of stream");
        return true;
      }
      return false;
    }
    offerAgain = false;
    int count = offered + piece(fresh);
    ByteBuffer in = toServer.first(count);
    offered = count;
    session().onRead(in);
    toServer.drop(in.position());
    offered -= in.position();
    return true;
  }

  /** A piece of what the session wrote reaches the client; returns whether there was any. */
  boolean stepToClient() {
    if (closed || (stuck && closing == null)) {
      return false;
    }
    if (toClient.position() == 0) {
      if (closing != null) {
        finish(closing);
        return true;
      }
      return false;
    }
    int count = piece(toClient.position());
    byte[] bytes = new byte[count];
    toClient.flip().get(bytes);
    toClient.compact();
    Objects.requireNonNull(peer).onBytes(ByteBuffer.wrap(bytes));
    if (!closed) {
      session().onDrained(count);
    }
    return true;
  }

  private int piece(int available) {
    return available == 0 ? 0 : 1 + random.nextInt(Math.min(available, maxChunkBytes));
  }

  void tick(long nowMillis) {
    if (!closed) {
      session().onTick(nowMillis);
    }
  }

  void stop() {
    if (!closed) {
      session().onStopping();
    }
  }

  private void finish(String cause) {
    closed = true;
    session().onClosed(cause);
    Objects.requireNonNull(peer).onClosed();
  }

  /** The process at the other end is gone. */
  void lose() {
    if (!closed) {
      closed = true;
      Objects.requireNonNull(peer).onClosed();
    }
  }

  // ---- Wire ----------------------------------------------------------------------------------

  @Override
  public ByteBuffer reserve(int bytes) {
    if (closed || closing != null) {
      nowhere = ByteBuffer.allocate(bytes);
      return nowhere;
    }
    if (toClient.remaining() < bytes) {
      ByteBuffer larger = ByteBuffer.allocate(2 * (toClient.capacity() + bytes));
      toClient = larger.put(toClient.flip());
    }
    return toClient;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    reserve(length).put(bytes, offset, length);
  }

  @Override
  public long pendingBytes() {
    return toClient.position();
  }

  @Override
  public boolean hasRoom() {
    return toClient.position() < roomBytes;
  }

  @Override
  public void established() {}

  @Override
  public void pauseReading() {
    reading = false;
  }

  @Override
  public void resumeReading() {
    offerAgain |= !reading && offered > 0;
    reading = true;
  }

  @Override
  public void close(String cause) {
    if (closing == null) {
      closing = cause;
    }
  }

  @Override
  public void wake() {
    if (!woken) {
      woken = true;
      loop.execute(() -> {
        woken = false;
        if (!closed) {
          session().onWake();
        }
      });
    }
  }

  @Override
  public void execute(Runnable task) {
    loop.execute(task);
  }

  @Override
  public String peer() {
    return peerName;
  }

  @Override
  public boolean isLoopback() {
    return true;
  }

  @Override
  public boolean isSecure() {
    return false;
  }
}
