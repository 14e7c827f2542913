package io.correio.client.remote;

import io.correio.client.Message;
import io.correio.client.MessageQueue;
import io.correio.client.MessagingException;
import io.correio.client.QueueManager;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A queue manager in another process, over AMQP 1.0. One lock guards all its state and that of its
 * links; one thread connects, reads, and connects again with growing rests. Thread-safe; whoever
 * connected closes it.
 *
 * <pre>
 *   connect ──▶ TRYING ──opened──▶ CONNECTED ──lost──▶ TRYING (links wait, then attach again)
 *                 │ firstWait over                        │ outageLimit over: calls throw,
 *                 ▼                                       ▼ trying goes on
 *               throws                                  close ──▶ CLOSED
 * </pre>
 */
public final class RemoteQueueManager implements QueueManager {
  private static final System.Logger LOG = System.getLogger(RemoteQueueManager.class.getName());

  private static final long CLOSE_MILLIS = 5_000;

  /** How long somebody who waits leaves a flush to a thread that is at it. */
  private static final long FLUSH_NANOS = 1_000_000;

  private static final int PUT_ID_BYTES = 16;

  private final ManagerAddress address;
  private final ConnectOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition connected = lock.newCondition();
  private final MessageCodec codec = new MessageCodec();
  private final Links links = new Links(this);
  private final Set<RemoteSubscription> subscriptions = new HashSet<>();
  private final long identity = UUID.randomUUID().getMostSignificantBits();
  private final Thread connecting;
  private @Nullable WireConnection connection;
  private @Nullable MessagingException trouble;
  private long downSinceNanos = System.nanoTime();
  private long puts;
  private long linkNames;
  private boolean closed;

  private RemoteQueueManager(ManagerAddress address, ConnectOptions options) {
    this.address = address;
    this.options = options;
    this.connecting = Thread.ofVirtual().name("correio-client").unstarted(this::run);
  }

  /**
   * Connects to the manager at a URL.
   *
   * @param url {@code amqp://user:password@host:port/virtual-host}, or amqps
   * @throws IllegalArgumentException when it is no such URL
   * @throws MessagingException when the manager is not there, or does not let us in
   */
  public static RemoteQueueManager connect(String url) {
    return connect(ManagerAddress.parse(url), ConnectOptions.defaults());
  }

  /** The same with options. */
  public static RemoteQueueManager connect(String url, ConnectOptions options) {
    return connect(ManagerAddress.parse(url), options);
  }

  /** The same with an address that was read before. */
  public static RemoteQueueManager connect(ManagerAddress address, ConnectOptions options) {
    RemoteQueueManager manager = new RemoteQueueManager(address, options);
    manager.connecting.start();
    try {
      manager.awaitFirst();
    } catch (MessagingException e) {
      manager.close();
      throw e;
    }
    return manager;
  }

  private void awaitFirst() {
    long deadline = deadline(options.firstWait());
    lock.lock();
    try {
      while (connection == null) {
        boolean late = deadline - System.nanoTime() <= 0;
        if (trouble != null && (late || trouble instanceof MessagingException.AccessRefused)) {
          throw trouble;
        }
        await(connected, late ? ReceivingLink.FOREVER : deadline);
      }
    } finally {
      unlock();
    }
  }

  // ---- the connection ------------------------------------------------------------------------

  private void run() {
    Backoff backoff = new Backoff(new SplittableRandom(identity));
    while (true) {
      Exception reason;
      try {
        WireConnection open = WireConnection.open(address, options, lock, this::resumeAll);
        backoff.reset();
        if (onConnected(open)) {
          open.flush();
        } else {
          open.closeCleanly();
        }
        reason = open.readToEnd();
      } catch (IOException | RuntimeException e) {
        reason = e;
      }
      if (!onDisconnected(reason, backoff.nextMillis())) {
        return;
      }
    }
  }

  private boolean onConnected(WireConnection open) {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      connection = open;
      trouble = null;
      for (RemoteLink link : links.all()) {
        link.attach(open);
      }
      connected.signalAll();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Tells the links, and rests before the next attempt. Returns whether there is to be one. */
  private boolean onDisconnected(Exception reason, long restMillis) {
    lock.lock();
    try {
      boolean wasOpen = connection != null;
      connection = null;
      if (wasOpen) {
        downSinceNanos = System.nanoTime();
        links.dropIdle();
        links.all().forEach(RemoteLink::lost);
      }
      if (closed) {
        connected.signalAll();
        return false;
      }
      trouble = trouble(reason, wasOpen);
      LOG.log(
          wasOpen ? System.Logger.Level.INFO : System.Logger.Level.DEBUG,
          "{0}; next attempt in {1} ms",
          trouble.getMessage(),
          restMillis);
      links.all().forEach(RemoteLink::changed);
      connected.signalAll();
      long restUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(restMillis);
      while (!closed && restUntil - System.nanoTime() > 0) {
        await(connected, restUntil);
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private MessagingException trouble(Exception reason, boolean wasOpen) {
    if (reason instanceof MessagingException answer) {
      return answer;
    }
    String why = reason.getMessage() == null ? reason.toString() : reason.getMessage();
    String what =
        wasOpen
            ? "the connection to %s was lost (%s)".formatted(address, why)
            : "no broker at %s:%d (%s); start one with ./correio server, or give another URL"
                .formatted(address.host(), address.port(), why);
    return new MessagingException.Unavailable(what, reason);
  }

  private void resumeAll() {
    lock.lock();
    try {
      links.all().forEach(RemoteLink::resume);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    List<RemoteSubscription> running;
    lock.lock();
    try {
      running = List.copyOf(subscriptions);
    } finally {
      lock.unlock();
    }
    running.forEach(RemoteSubscription::close);
    WireConnection open;
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      open = connection;
      MessagingException.Closed reason = closedException();
      for (RemoteLink link : links.all()) {
        if (link instanceof SendingLink sending) {
          sending.fail(reason);
        }
        link.changed();
      }
      connected.signalAll();
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.closeCleanly(); // the answer is a barrier: what was settled does not come back
    }
    joinOrCut(open);
  }

  private void joinOrCut(@Nullable WireConnection open) {
    boolean ended = false;
    try {
      ended = connecting.join(Duration.ofMillis(CLOSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!ended && open != null) {
      open.fail(new IOException("the manager did not answer a close"));
    }
  }

  // ---- queues --------------------------------------------------------------------------------

  @Override
  public MessageQueue queue(String name) {
    return new RemoteQueue(this, name, address(name));
  }

  @Override
  public MessageQueue existingQueue(String name) {
    checkName(name);
    return new RemoteQueue(this, name, existing(name));
  }

  /** The address by which a queue is made when it is missing. */
  String address(String name) {
    checkName(name);
    // A name that begins with a slash would be an address of another form.
    return name.startsWith("/") ? existing(name) : name;
  }

  /** The queue that a reply-to names: a name, or an address of AMQP 1.0. */
  RemoteQueue replyQueue(String replyTo) {
    String at = replyTo.startsWith("/") ? replyTo : existing(replyTo);
    return new RemoteQueue(this, replyTo, at);
  }

  private static void checkName(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a queue has a name; this one is empty");
    }
  }

  private static String existing(String name) {
    return "/queues/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public <T, E extends Exception> T transaction(Work<T, E> work) throws E {
    RemoteTransaction transaction = new RemoteTransaction(this);
    T result;
    try {
      result = work.run(transaction);
    } catch (Throwable e) {
      transaction.rollBack();
      throw e;
    }
    transaction.commit();
    return result;
  }

  @Override
  public Message request(String queue, Message message, Duration wait) {
    return new RemoteRequest(this, queue).ask(message, deadline(wait), wait);
  }

  // ---- what links and callers need -----------------------------------------------------------

  void lock() {
    lock.lock();
  }

  /** Unlocks, and writes what was made under the lock. */
  void unlock() {
    WireConnection over = connection;
    lock.unlock();
    if (over != null && !lock.isHeldByCurrentThread()) {
      over.flush();
    }
  }

  Condition newCondition() {
    return lock.newCondition();
  }

  /**
   * Waits, under the lock, for a signal; writes first what is to be written. May return for no
   * reason.
   *
   * @return whether the deadline is still to come
   */
  @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
  boolean await(Condition condition, long deadline) {
    WireConnection over = connection;
    try {
      boolean written = over == null || !over.hasOutput();
      if (over != null && !written) {
        lock.unlock();
        try {
          over.flush();
        } finally {
          lock.lock();
        }
        if (over.hasOutput()) {
          condition.awaitNanos(FLUSH_NANOS);
        }
        return true;
      }
      if (deadline == ReceivingLink.FOREVER) {
        condition.await();
        return true;
      }
      return condition.awaitNanos(deadline - System.nanoTime()) > 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException.Interrupted("interrupted while waiting for " + address);
    }
  }

  static long deadline(Duration wait) {
    long now = System.nanoTime();
    // More than a hundred years is for ever, and would overflow.
    return wait.compareTo(Duration.ofDays(36_500)) >= 0
        ? ReceivingLink.FOREVER
        : now + wait.toNanos();
  }

  MessageCodec codec() {
    return codec;
  }

  String linkName(String queue) {
    return queue + "#" + ++linkNames;
  }

  String describe(String verb, String queue) {
    return "%s queue '%s' at %s".formatted(verb, queue, address);
  }

  boolean isCurrent(WireConnection over) {
    return connection == over;
  }

  @Nullable WireConnection connection() {
    return connection;
  }

  void checkOpen() {
    if (closed) {
      throw closedException();
    }
  }

  private MessagingException.Closed closedException() {
    return new MessagingException.Closed("the connection to " + address + " was closed here");
  }

  /** Why calls do not wait any longer, or null. */
  @Nullable MessagingException awayTooLong() {
    boolean away = connection == null && trouble != null;
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - downSinceNanos);
    return away && millis >= options.outageLimit().toMillis() ? trouble : null;
  }

  /** Encodes a message as one put, with an id of its own. Takes the lock. */
  byte[] encode(Message message) {
    byte[] head;
    lock.lock();
    try {
      byte[] id = ByteBuffer.allocate(PUT_ID_BYTES).putLong(identity).putLong(++puts).array();
      head = codec.encodeHead(message, id);
    } finally {
      lock.unlock();
    }
    return MessageCodec.join(head, message.body());
  }

  /** The links, attached or waiting for a connection. Under the lock. */
  Links links() {
    return links;
  }

  void add(RemoteSubscription subscription) {
    checkOpen();
    subscriptions.add(subscription);
  }

  void remove(RemoteSubscription subscription) {
    subscriptions.remove(subscription);
  }
}
