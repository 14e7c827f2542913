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
  private static final long FLUSH_AT_OCTETS = 64 << 10;
  private static final long QUIET_NANOS = 20_000;

  private record Letter(InprocPipe pipe, Event event) {}

  private final Engine engine;
  private final SocketType type;
  private final Options options = new Options();
  private final Pattern pattern;
  private final boolean lockStep;
  private final ReentrantLock lock = new ReentrantLock();
  private final ConcurrentLinkedQueue<Letter> mail = new ConcurrentLinkedQueue<>();
  private final Waiters receivers = new Waiters();
  private final Waiters senders = new Waiters();
  private final Waiters pollers = new Waiters();
  private final Waiters closers = new Waiters();
  private final Oar oar = new Oar(this);
  private final Endpoints endpoints = new Endpoints(this);
  private final List<Connection> connections = new ArrayList<>();
  private final List<StreamPipe> dirty = new ArrayList<>();
  private final List<Consumer<SocketEvent>> monitors = new CopyOnWriteArrayList<>();
  private @Nullable Message prefetched;
  private boolean conflating;
  // Grows with every change that a waiting thread could miss while it does not hold the lock.
  private long changes;
  private boolean flushScheduled;
  private boolean flushNeeded;
  private long lastWrite = System.nanoTime() - QUIET_NANOS;
  private volatile boolean closing;
  private volatile boolean destroyed;

  /** A socket of a context's engine, with nothing bound and nothing connected. */
  public SocketCore(Engine engine, SocketType type) {
    this.engine = engine;
    this.type = type;
    this.pattern = Pattern.of(type, options);
    this.lockStep = pattern.isLockStep();
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

  void lockAgain() {
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
        flushDirty();
        if (oar.isFree() && oar.readNow()) {
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
      if (prefetched == null && oar.isFree() && oar.readNow()) {
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
    flushDirty();
    if (oar.isFree() && hasReadyConnection()) {
      return oar.row(list, deadline);
    }
    return park(list, deadline);
  }

  private boolean hasReadyConnection() {
    for (int i = 0; i < connections.size(); i++) {
      if (connections.get(i).isReady()) {
        return true;
      }
    }
    return false;
  }

  private boolean park(Waiters list, long deadline) {
    long seen = changes;
    long spinEnd = System.nanoTime() + options.get(SocketOption.SPIN).toNanos();
    unlock();
    try {
      while (mail.isEmpty() && System.nanoTime() - spinEnd < 0) {
        Thread.onSpinWait();
      }
    } finally {
      lockAgain();
    }
    if (takeMail() || changes != seen) {
      return true;
    }
    Waiter self = new Waiter(null);
    list.add(self);
    if (takeMail() || isClosedFor(list) || changes != seen) {
      list.remove(self);
      return true;
    }
    unlock();
    try {
      self.park(deadline);
    } finally {
      lockAgain();
      list.remove(self);
    }
    takeMail();
    if (Thread.currentThread().isInterrupted()) {
      list.signalOne();
      throw new ZeroMqException(
          ZeroMqException.Kind.INTERRUPTED, "the thread was interrupted while it waited");
    }
    return self.isSignalled() || deadline - System.nanoTime() > 0;
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
    Connection connection = pipe.connection();
    if (connection == null || !connection.isReady()) {
      return;
    }
    if (!pipe.isDirty()) {
      pipe.dirty(true);
      dirty.add(pipe);
    }
    flushNeeded = true;
    if (connection.isBlocked()) {
      scheduleFlush();
    } else if (lockStep || pipe.out().bytes() >= FLUSH_AT_OCTETS) {
      flush(pipe);
    } else if (first) {
      long now = System.nanoTime();
      if (now - lastWrite > QUIET_NANOS) {
        flush(pipe);
        lastWrite = System.nanoTime();
      } else {
        scheduleFlush();
      }
    }
  }

  private void scheduleFlush() {
    flushNeeded = true;
    if (!flushScheduled) {
      flushScheduled = true;
      engine.flusher().schedule(this);
    }
  }

  /** Writes what waits in a pipe. */
  void flush(StreamPipe pipe) {
    Connection connection = pipe.connection();
    if (connection != null) {
      connection.flush();
      lastWrite = System.nanoTime();
      if (connection.isBlocked()) {
        scheduleFlush();
      }
    }
  }

  private void flushDirty() {
    for (int i = 0; i < dirty.size(); i++) {
      StreamPipe pipe = dirty.get(i);
      Connection connection = pipe.connection();
      if (connection != null && connection.isReady() && !pipe.out().isEmpty()) {
        connection.flush();
        lastWrite = System.nanoTime();
        if (connection.isBlocked()) {
          scheduleFlush();
        }
      }
      pipe.dirty(false);
    }
    dirty.clear();
  }

  /** Flusher: writes the tail of a burst; true if nothing was sent since the last time. */
  boolean flushTail() {
    if (!lock.tryLock()) {
      return false;
    }
    try {
      if (flushNeeded && !destroyed) {
        flushNeeded = false;
        for (Connection connection : connections) {
          if (connection.isReady() && !connection.pipe().out().isEmpty()) {
            connection.flush();
            if (connection.isBlocked()) {
              connection.armWrite();
            }
          }
        }
        return false;
      }
      flushScheduled = false;
      return true;
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

  boolean isClosing() {
    return closing;
  }

  boolean isDestroyed() {
    return destroyed;
  }

  void connectionMade(Connection connection) {
    connections.add(connection);
  }

  void connectionReady(Connection connection) {
    StreamPipe pipe = connection.pipe();
    event(
        SocketEvent.Kind.HANDSHAKE_SUCCEEDED,
        pipe.endpoint(),
        connection.peerType() + " " + connection.version() + " " + connection.peerAddress());
    endpoints.name(pipe);
    if (!pipe.isAttached()) {
      pipe.attached(true);
      pattern.attach(pipe);
    }
    if (connection.isEnded()) {
      return;
    }
    oar.add(connection);
    pattern.ready(pipe);
    flush(pipe);
    changes++;
    receivers.signalAll();
    senders.signalAll();
    pollers.signalAll();
  }

  void connectionEnded(Connection connection) {
    connections.remove(connection);
    StreamPipe pipe = connection.pipe();
    if (connection.isAccepted()) {
      pipe.markClosed();
      detach(pipe);
    } else {
      pipe.out().restart();
      if (!pattern.sendsBeforeHandshake() || options.get(SocketOption.IMMEDIATE)) {
        detach(pipe);
      }
    }
    if (pipe.starved() && pipe.isHalfEmpty()) {
      pipe.starved(false);
    }
    oar.forget();
    changes++;
    senders.signalAll();
    receivers.signalOne();
    pollers.signalAll();
  }

  /** The pattern gives up the pipe, but for what is still to be read. */
  void detach(StreamPipe pipe) {
    if (pipe.isAttached()) {
      pipe.attached(false);
      pattern.closed(pipe);
    }
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
      flushDirty();
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
