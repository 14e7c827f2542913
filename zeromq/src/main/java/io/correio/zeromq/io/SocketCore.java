package io.correio.zeromq.io;

import io.correio.zeromq.model.Message;
import io.correio.zeromq.model.Options;
import io.correio.zeromq.model.SocketClosedException;
import io.correio.zeromq.model.SocketEvent;
import io.correio.zeromq.model.SocketOption;
import io.correio.zeromq.model.SocketType;
import io.correio.zeromq.model.ZeroMqException;
import io.correio.zeromq.pattern.Pattern;
import io.correio.zeromq.pipe.InprocPipe;
import io.correio.zeromq.pipe.Mailbox;
import io.correio.zeromq.pipe.Pipe;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket: one pattern over pipes, under one lock. Every call takes the lock; nothing under it
 * blocks. Closed by {@link #close}, from any thread.
 */
public final class SocketCore implements Mailbox {

  private record Letter(InprocPipe pipe, Event event) {}

  private final Engine engine;
  private final SocketType type;
  private final Options options = new Options();
  private final Pattern pattern;
  private final Bursts bursts;
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentLinkedQueue<Letter> mail = new ConcurrentLinkedQueue<>();
  private final Waiters receivers = new Waiters();
  private final Waiters senders = new Waiters();
  private final Waiters pollers = new Waiters();
  private final Waiters closers = new Waiters();
  private final Oar oar = new Oar(this);
  private final Endpoints endpoints = new Endpoints(this);
  private final List<Connection> connections = new ArrayList<>();
  private final List<Consumer<SocketEvent>> monitors = new CopyOnWriteArrayList<>();
  private @Nullable Message prefetched;
  private boolean conflating;
  // Grows with every change that a waiting thread could miss while it does not hold the lock.
  private long changes;
  private volatile boolean closing;
  private volatile boolean destroyed;

  /** A socket of a context's engine, with nothing bound and nothing connected. */
  public SocketCore(Engine engine, SocketType type) {
    this.engine = engine;
    this.type = type;
    this.pattern = Pattern.of(type, options);
    this.bursts = new Bursts(this, pattern.isLockStep());
    oar.spin(options.get(SocketOption.SPIN).toNanos());
  }

  Engine engine() {
    return engine;
  }

  /** The socket's type. */
  public SocketType type() {
    return type;
  }

  /** The socket's options; set them by {@link #set}. */
  public Options options() {
    return options;
  }

  /** Sets an option. */
  public <T> void set(SocketOption<T> option, T value) {
    enter();
    try {
      options.set(option, value);
      oar.spin(options.get(SocketOption.SPIN).toNanos());
      conflating = options.get(SocketOption.CONFLATE);
    } finally {
      unlock();
    }
  }

  /** What is bound and connected. */
  public Endpoints endpoints() {
    return endpoints;
  }

  void lock() {
    lock.lock();
  }

  void unlock() {
    lock.unlock();
  }

  /** Takes the lock for a call of the user. */
  void enter() {
    lock.lock();
    if (closing) {
      lock.unlock();
      throw new SocketClosedException(type);
    }
    takeMail();
  }

  Pattern pattern() {
    return pattern;
  }

  /**
   * Sends a message, or drops it where the type does.
   *
   * @param owned whether its arrays will not change
   * @param timeoutNanos how long to wait; negative: for ever
   * @return false if it could not be sent in time
   */
  public boolean send(Message message, boolean owned, long timeoutNanos) {
    enter();
    try {
      if (pattern.trySend(message, owned)) {
        return true;
      }
      if (timeoutNanos == 0) {
        return false;
      }
      long deadline = deadline(timeoutNanos);
      boolean sent = false;
      while (!sent) {
        boolean more = await(senders, deadline);
        checkOpen();
        sent = pattern.trySend(message, owned);
        if (!more && !sent) {
          return false;
        }
      }
      // Whoever else waits may find room as well.
      senders.signalOne();
      return true;
    } finally {
      unlock();
    }
  }

  /**
   * Receives a message.
   *
   * @param timeoutNanos how long to wait; negative: for ever
   * @return null if none came in time
   */
  public @Nullable Message receive(long timeoutNanos) {
    enter();
    try {
      pattern.checkReceive();
      Message message = take();
      if (message == null) {
        bursts.flushAll();
        if (oar.isFree()) {
          oar.readNow();
          message = take();
        }
      }
      if (message == null && timeoutNanos != 0) {
        long deadline = deadline(timeoutNanos);
        boolean more = true;
        while (message == null && more) {
          more = await(receivers, deadline);
          checkOpen();
          pattern.checkReceive();
          message = take();
        }
      }
      if (message != null) {
        pattern.received();
        receivers.signalOne();
      }
      return message;
    } finally {
      unlock();
    }
  }

  private @Nullable Message take() {
    Message message = prefetched;
    if (message != null) {
      prefetched = null;
      return message;
    }
    message = pattern.tryReceive();
    if (conflating && message != null) {
      for (Message next = pattern.tryReceive(); next != null; next = pattern.tryReceive()) {
        message = next;
      }
    }
    return message;
  }

  /** Whether a message can be received now. */
  public boolean isReadable() {
    enter();
    try {
      if (prefetched == null) {
        prefetched = take();
      }
      if (prefetched == null && oar.isFree()) {
        oar.readNow();
        prefetched = take();
      }
      return prefetched != null;
    } finally {
      unlock();
    }
  }

  /** Whether a message would be taken now. */
  public boolean isWritable() {
    enter();
    try {
      return pattern.canSend();
    } finally {
      unlock();
    }
  }

  /** Adds a subscription, of SUB. */
  public void subscribe(byte[] prefix, boolean add) {
    enter();
    try {
      if (add) {
        pattern.subscribe(prefix);
      } else {
        pattern.unsubscribe(prefix);
      }
    } finally {
      unlock();
    }
  }

  private static long deadline(long timeoutNanos) {
    // Far enough for ever, and no overflow in comparisons.
    return System.nanoTime()
        + (timeoutNanos < 0 ? Long.MAX_VALUE / 4 : Math.min(timeoutNanos, Long.MAX_VALUE / 4));
  }

  private void checkOpen() {
    if (closing) {
      throw new SocketClosedException(type);
    }
  }

  /** Waits until something may have changed; false once the deadline is over. */
  private boolean await(Waiters list, long deadline) {
    if (deadline - System.nanoTime() <= 0) {
      return false;
    }
    if (Thread.currentThread().isInterrupted()) {
      throw new ZeroMqException(
          ZeroMqException.Kind.INTERRUPTED, "the thread was interrupted before it could wait");
    }
    bursts.flushAll();
    if (oar.isFree() && hasReadyConnection()) {
      return oar.row(list, deadline);
    }
    return oar.park(list, deadline);
  }

  private boolean hasReadyConnection() {
    for (int i = 0; i < connections.size(); i++) {
      if (connections.get(i).isReady()) {
        return true;
      }
    }
    return false;
  }

  boolean oarIsFree() {
    return oar.isFree();
  }

  /** The oar is laid down: somebody who waits may take it. */
  void oarFree() {
    receivers.signalOne();
    senders.signalOne();
    closers.signalOne();
  }

  /** Whether the socket was closed while a thread that waits in this list did not hold the lock. */
  @SuppressWarnings("ReferenceEquality")
  boolean isClosedFor(Waiters list) {
    return closing && list != closers;
  }

  boolean isRowed() {
    return oar.isHeld() && pollers.isEmpty();
  }

  @Override
  public void post(InprocPipe pipe, Event event) {
    mail.add(new Letter(pipe, event));
    receivers.signalOne();
    senders.signalOne();
    pollers.signalAll();
  }

  boolean hasMail() {
    return !mail.isEmpty();
  }

  /** Reads the mail; says whether there was any. */
  boolean takeMail() {
    if (mail.isEmpty()) {
      return false;
    }
    for (Letter letter = mail.poll(); letter != null; letter = mail.poll()) {
      InprocPipe pipe = letter.pipe();
      switch (letter.event()) {
        case ATTACHED -> endpoints.attached(pipe);
        case READABLE -> pattern.readable(pipe);
        case WRITABLE -> pipe.starved(false);
        case CLOSED -> endpoints.peerClosed(pipe);
      }
    }
    return true;
  }

  long changes() {
    return changes;
  }

  void readable(Pipe pipe) {
    changes++;
    pattern.readable(pipe);
    receivers.signalOne();
    pollers.signalAll();
  }

  void writable(Pipe pipe) {
    changes++;
    if (pipe.isOpen()) {
      senders.signalOne();
      pollers.signalAll();
    }
  }

  /** Something was appended to the pipe: writes it now, or leaves it to the end of the burst. */
  void written(StreamPipe pipe, boolean first) {
    bursts.written(pipe, first);
  }

  /** Writes what waits in a pipe. */
  void flush(StreamPipe pipe) {
    bursts.flush(pipe);
  }

  /** Flusher: writes the tail of a burst; true if nothing was sent since the last time. */
  boolean flushTail() {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      return destroyed || bursts.flushTail(connections);
    } finally {
      lock.unlock();
    }
  }

  List<Connection> connections() {
    return connections;
  }

  boolean readsAlways() {
    return pattern.readsAlways();
  }

  boolean isConflating() {
    return conflating;
  }

  boolean isDestroyed() {
    return destroyed;
  }

  void connectionMade(Connection connection) {
    connections.add(connection);
  }

  Oar oar() {
    return oar;
  }

  /** Something changed that anybody may wait for. */
  void changed() {
    changes++;
    receivers.signalAll();
    senders.signalAll();
    pollers.signalAll();
  }

  /** Tells who watches. */
  void event(SocketEvent.Kind kind, String endpoint, String detail) {
    if (!monitors.isEmpty()) {
      SocketEvent event = new SocketEvent(kind, endpoint, detail, Instant.now());
      monitors.forEach(monitor -> monitor.accept(event));
    }
  }

  /** Adds somebody who watches; told from any thread, must not block. */
  public void watch(Consumer<SocketEvent> monitor) {
    monitors.add(monitor);
  }

  /** Removes somebody who watched. */
  public void unwatch(Consumer<SocketEvent> monitor) {
    monitors.remove(monitor);
  }

  /** Adds a thread that waits for any change of several sockets. */
  void addPoller(Waiter waiter) {
    lock();
    try {
      bursts.flushAll();
      oar.release();
      pollers.add(waiter);
    } finally {
      unlock();
    }
    if (!connections.isEmpty()) {
      engine.steward().recheck();
    }
  }

  void removePoller(Waiter waiter) {
    pollers.remove(waiter);
  }

  /** Whether somebody closed or closes it. */
  public boolean isClosed() {
    return closing;
  }

  /**
   * Closes the socket: whoever waits in a call gets an exception, unsent messages are written for
   * at most the linger time. The second call does nothing.
   */
  public void close(Duration linger) {
    lock();
    try {
      if (closing) {
        return;
      }
      closing = true;
      receivers.signalAll();
      senders.signalAll();
      pollers.signalAll();
      endpoints.closeListeners();
      linger(linger.isNegative() ? -1 : linger.toNanos());
    } finally {
      try {
        destroy();
      } finally {
        unlock();
      }
    }
  }

  private void linger(long nanos) {
    long deadline = deadline(nanos);
    while (nanos != 0 && endpoints.hasUnsent() && !Thread.currentThread().isInterrupted()) {
      if (!await(closers, Math.min(deadline, System.nanoTime() + 50_000_000))
          && deadline - System.nanoTime() <= 0) {
        return;
      }
    }
  }

  private void destroy() {
    if (destroyed) {
      return;
    }
    destroyed = true;
    takeMail();
    endpoints.closeAll();
    for (Connection connection : List.copyOf(connections)) {
      connection.end("closed by this socket");
    }
    if (oar.isFree()) {
      oar.close();
    } else {
      oar.forget();
    }
  }
}
