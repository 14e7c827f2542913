package io.correio.client.remote;

import io.correio.client.MessagingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.apache.qpid.protonj2.buffer.ProtonBuffer;
import org.apache.qpid.protonj2.buffer.ProtonBufferAllocator;
import org.apache.qpid.protonj2.engine.Connection;
import org.apache.qpid.protonj2.engine.Engine;
import org.apache.qpid.protonj2.engine.EngineFactory;
import org.apache.qpid.protonj2.engine.Session;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP 1.0 connection: a socket, protonj2's engine, one session. The engine is guarded by the
 * manager's lock, and only under it are its handlers called; what it writes goes to the outbox, and
 * from there to the socket without that lock, so that a socket that takes nothing does not stop the
 * reading.
 *
 * <pre>
 *   caller ──lock──▶ engine ──▶ outbox ──flush──▶ socket ──▶ manager
 *   reader ◀── socket; ──lock──▶ engine; what it answers, the ticker flushes
 * </pre>
 *
 * <p>Made and read by the manager's one thread, which also closes it.
 */
final class WireConnection {
  private static final ProtonBufferAllocator BUFFERS = ProtonBufferAllocator.defaultAllocator();
  private static final int CONNECT_MILLIS = 10_000;
  private static final int HANDSHAKE_MILLIS = 10_000;
  private static final int READ_BYTES = 64 << 10;
  private static final int FRAME_BYTES = 128 << 10;

  /** A manager that says nothing for so long is gone. */
  private static final int IDLE_MILLIS = 30_000;

  private static final long TICK_MILLIS = 5_000;

  /** Bytes of transfers that may be received and not looked at. */
  private static final int SESSION_WINDOW_BYTES = 4 << 20;

  /** Bytes in the outbox beyond which no further message is begun. */
  private static final int OUTBOX_BYTES = 1 << 20;

  private final ManagerAddress address;
  private final Socket socket;
  private final ReentrantLock lock;
  private final Runnable onRoom;
  private final Engine engine;
  private final Session session;
  private final Queue<byte[]> outbox = new ConcurrentLinkedQueue<>();
  private final AtomicInteger outboxBytes = new AtomicInteger();
  private final ReentrantLock writing = new ReentrantLock();
  private final Thread ticker;

  /** Why it ended; the first reason stays. */
  private volatile @Nullable Exception failure;

  private volatile boolean starved;
  private volatile boolean opened;

  private WireConnection(
      ManagerAddress address,
      ConnectOptions options,
      Socket socket,
      ReentrantLock lock,
      Runnable onRoom) {
    this.address = address;
    this.socket = socket;
    this.lock = lock;
    this.onRoom = onRoom;
    this.engine = EngineFactory.PROTON.createEngine();
    engine.outputConsumer(this::queue);
    engine.errorHandler(failed -> fail(new IOException("cannot go on", failed.failureCause())));
    engine.saslDriver().client().setListener(new PlainLogin(address, this::fail));
    Connection connection = engine.start();
    connection
        .setContainerId(options.name())
        .setHostname("vhost:" + address.virtualHost())
        .setIdleTimeout(IDLE_MILLIS)
        .setMaxFrameSize(FRAME_BYTES)
        .closeHandler(this::onClose);
    session = connection.session().setIncomingCapacity(SESSION_WINDOW_BYTES);
    session.openHandler(ignored -> opened = true);
    session.closeHandler(ended ->
        fail(new IOException("session ended: " + Refusals.describe(ended.getRemoteCondition()))));
    this.ticker = Thread.ofVirtual().name("correio-client-ticker").unstarted(this::tick);
  }

  /**
   * Connects, logs in, and opens a session; returns when the manager has answered all of it.
   *
   * @param onRoom called without the lock when the outbox has room again
   * @throws IOException when the manager is not there
   * @throws MessagingException when it does not let us in
   */
  static WireConnection open(
      ManagerAddress address, ConnectOptions options, ReentrantLock lock, Runnable onRoom)
      throws IOException {
    Socket socket = connect(address, options.tls());
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      WireConnection connection = new WireConnection(address, options, socket, lock, onRoom);
      connection.handshake();
      socket.setSoTimeout(0); // from here on the ticker looks after it
      connection.ticker.start();
      return connection;
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket connect(ManagerAddress address, @Nullable SSLContext tls)
      throws IOException {
    Socket plain = new Socket();
    try {
      plain.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MILLIS);
      if (!address.tls()) {
        return plain;
      }
      SSLContext context = tls == null ? SSLContext.getDefault() : tls;
      SSLSocket secure =
          (SSLSocket)
              context.getSocketFactory().createSocket(plain, address.host(), address.port(), true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.setSoTimeout(HANDSHAKE_MILLIS);
      secure.startHandshake();
      return secure;
    } catch (IOException e) {
      plain.close();
      throw e;
    } catch (NoSuchAlgorithmException e) {
      plain.close();
      throw new IOException("this JVM has no TLS", e);
    }
  }

  private void handshake() throws IOException {
    locked(() -> {
      engine.connection().open();
      session.open();
    });
    flush();
    byte[] buffer = new byte[READ_BYTES];
    while (!opened) {
      if (!readOnce(buffer)) {
        throw failure(new IOException("the connection was closed while it was opened"));
      }
      flush();
    }
  }

  /** Reads until the connection ends; returns why it did. */
  Exception readToEnd() {
    byte[] buffer = new byte[READ_BYTES];
    try {
      while (readOnce(buffer)) {
        if (!outbox.isEmpty()) {
          LockSupport.unpark(ticker); // it flushes: reading must not wait for writing
        }
      }
      fail(new IOException("the connection was closed"));
    } catch (IOException e) {
      fail(e);
    }
    close();
    Exception reason = failure;
    return reason == null ? new IOException("the connection was closed") : reason;
  }

  private boolean readOnce(byte[] buffer) throws IOException {
    InputStream in = socket.getInputStream();
    int bytes = in.read(buffer);
    if (bytes < 0) {
      return false;
    }
    // The engine keeps what it hands on of a transfer, so each part has its own memory.
    ProtonBuffer part = BUFFERS.copy(Arrays.copyOf(buffer, bytes));
    locked(() -> engine.ingest(part));
    return failure == null;
  }

  private void locked(Runnable call) {
    lock.lock();
    try {
      call.run();
    } catch (RuntimeException e) { // bytes that make no sense bring all kinds out of the engine
      fail(new IOException("the manager cannot be understood: " + e.getMessage(), e));
    } finally {
      lock.unlock();
    }
  }

  /** Its reason to end, as an IOException, or thrown where it is an answer to the program. */
  private IOException failure(IOException otherwise) {
    return switch (failure) {
      case MessagingException answer -> throw answer;
      case IOException broken -> broken;
      case null, default -> otherwise;
    };
  }

  private void onClose(Connection connection) {
    if (connection.getRemoteCondition() == null) {
      fail(new IOException("closed by the manager"));
    } else if (opened) {
      fail(new IOException(Refusals.describe(connection.getRemoteCondition())));
    } else {
      fail(Refusals.of(address.toString(), connection.getRemoteCondition()));
    }
    connection.close();
  }

  // ---- writing -------------------------------------------------------------------------------

  /** From the engine, under the lock. */
  private void queue(ProtonBuffer out) {
    byte[] bytes = new byte[out.getReadableBytes()];
    out.readBytes(bytes, 0, bytes.length);
    out.close();
    outboxBytes.addAndGet(bytes.length);
    outbox.add(bytes);
  }

  /** Whether another message may be begun; if not, {@code onRoom} tells when. Under the lock. */
  boolean hasRoom() {
    if (outboxBytes.get() < OUTBOX_BYTES) {
      return true;
    }
    starved = true;
    return outboxBytes.get() < OUTBOX_BYTES; // a flush that ended before may not have seen it
  }

  boolean hasOutput() {
    return !outbox.isEmpty();
  }

  /** Writes what is in the outbox, unless another thread is writing it. Without the lock. */
  void flush() {
    do {
      if (!writing.tryLock()) {
        return; // who writes looks again after it has unlocked
      }
      try {
        OutputStream out = socket.getOutputStream();
        for (byte[] bytes = outbox.poll(); bytes != null; bytes = outbox.poll()) {
          out.write(gather(bytes));
        }
      } catch (IOException e) {
        outbox.clear();
        outboxBytes.set(0);
        fail(e);
      } finally {
        writing.unlock();
      }
      if (starved && outboxBytes.get() < OUTBOX_BYTES) {
        starved = false;
        onRoom.run();
      }
    } while (!outbox.isEmpty());
  }

  /** Small writes become one: each would be a packet. */
  private byte[] gather(byte[] first) {
    byte[] next = outbox.peek();
    outboxBytes.addAndGet(-first.length);
    if (next == null || first.length + next.length > READ_BYTES) {
      return first;
    }
    byte[] all = Arrays.copyOf(first, READ_BYTES);
    int length = first.length;
    while (next != null && length + next.length <= READ_BYTES) {
      outbox.remove();
      outboxBytes.addAndGet(-next.length);
      System.arraycopy(next, 0, all, length, next.length);
      length += next.length;
      next = outbox.peek();
    }
    return Arrays.copyOf(all, length);
  }

  // ---- time and end --------------------------------------------------------------------------

  private void tick() {
    while (failure == null) {
      locked(() -> engine.tick(TimeUnit.NANOSECONDS.toMillis(System.nanoTime())));
      flush();
      if (outbox.isEmpty()) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS));
      }
    }
  }

  /**
   * Ends the connection; whoever reads it returns with this reason, unless there was one before.
   */
  void fail(Exception reason) {
    if (failure == null) {
      failure = reason;
    }
    // Not here: under the lock, and TLS might want to write. A reader that is in a read wakes up.
    Thread.ofVirtual().name("correio-client-closer").start(this::close);
  }

  /** Says goodbye, waits for the answer to it, and closes. Without the lock. */
  void closeCleanly() {
    locked(() -> engine.connection().close());
    flush();
  }

  private void close() {
    try {
      if (!(socket instanceof SSLSocket)) {
        socket.shutdownOutput(); // what was written arrives before the end
      }
    } catch (IOException e) {
      // it is closed in any case
    }
    try {
      socket.close();
    } catch (IOException e) {
      // nothing depends on it any more
    }
    LockSupport.unpark(ticker);
  }

  /** The session on which links are made. Under the lock. */
  Session session() {
    return session;
  }
}
