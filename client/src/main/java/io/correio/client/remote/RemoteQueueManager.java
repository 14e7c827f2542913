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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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

  /** Links to put by that stay attached; beyond, the one longest unused is detached. */
  private static final int MAX_SENDING_LINKS = 100;

  /** Links to get by that stay attached without a caller, for each queue and in all. */
  private static final int MAX_IDLE_LINKS_PER_QUEUE = 4;

  private static final int MAX_IDLE_LINKS = 100;

  private static final long CLOSE_MILLIS = 5_000;

  /** How long somebody who waits leaves a flush to a thread that is at it. */
  private static final long FLUSH_NANOS = 1_000_000;

  private static final int PUT_ID_BYTES = 16;

  private final ManagerAddress address;
  private final ConnectOptions options;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition connected = lock.newCondition();
  private final MessageCodec codec = new MessageCodec();
  private final Map<String, SendingLink> senders = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, Deque<ReceivingLink>> idle = new HashMap<>();
  private final Set<RemoteLink> links = new LinkedHashSet<>();
  private final Set<RemoteSubscription> subscriptions = new HashSet<>();
  private final long identity = UUID.randomUUID().getMostSignificantBits();
  private final Thread connecting;
  private @Nullable WireConnection connection;
  private @Nullable MessagingException trouble;
  private long downSinceNanos = System.nanoTime();
  private int idleLinks;
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
      for (RemoteLink link : List.copyOf(links)) {
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
        dropIdle();
        List.copyOf(links).forEach(RemoteLink::lost);
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
      List.copyOf(links).forEach(RemoteLink::changed);
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
      List.copyOf(links).forEach(RemoteLink::resume);
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
      for (RemoteLink link : List.copyOf(links)) {
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

  /** The link that puts into a queue, attached if there is a connection. Under the lock. */
  SendingLink sender(String queue, String at) {
    checkOpen();
    MessagingException away = awayTooLong();
    if (away != null) {
      throw away;
    }
    SendingLink link = senders.get(at);
    if (link == null) {
      evictSenders();
      link = new SendingLink(this, queue, at);
      senders.put(at, link);
      join(link);
    }
    return link;
  }

  private void evictSenders() {
    Iterator<SendingLink> all = senders.values().iterator();
    while (senders.size() >= MAX_SENDING_LINKS && all.hasNext()) {
      SendingLink oldest = all.next();
      if (oldest.isIdle()) {
        all.remove();
        links.remove(oldest);
        oldest.close();
      }
    }
  }

  private void join(RemoteLink link) {
    links.add(link);
    WireConnection open = connection;
    if (open != null) {
      link.attach(open);
    }
  }

  /** Tells somebody who is no link of a connection's end. Under the lock. */
  void watch(RemoteLink watcher) {
    links.add(watcher);
  }

  void unwatch(RemoteLink watcher) {
    links.remove(watcher);
  }

  void forget(String at, SendingLink link) {
    links.remove(link);
    senders.remove(at, link);
  }

  void forget(ReceivingLink link) {
    links.remove(link);
    Deque<ReceivingLink> same = idle.get(link.address());
    if (same != null && same.remove(link)) {
      idleLinks--;
    }
  }

  /** A link of the caller's own to take by. Under the lock. */
  ReceivingLink borrow(String queue, String at, ReceivingLink.Kind kind) {
    checkOpen();
    Deque<ReceivingLink> same = kind == ReceivingLink.Kind.BROWSING ? null : idle.get(at);
    ReceivingLink link = same == null ? null : same.pollLast();
    if (link != null) {
      idleLinks--;
      return link;
    }
    link = new ReceivingLink(this, queue, at, kind);
    join(link);
    return link;
  }

  /** The caller is done with it. Under the lock. */
  void giveBack(ReceivingLink link) {
    Deque<ReceivingLink> same = idle.computeIfAbsent(link.address(), at -> new ArrayDeque<>());
    if (link.kind() != ReceivingLink.Kind.BROWSING
        && link.isClean()
        && idleLinks < MAX_IDLE_LINKS
        && same.size() < MAX_IDLE_LINKS_PER_QUEUE) {
      same.addLast(link);
      idleLinks++;
    } else {
      discard(link);
    }
    if (same.isEmpty()) {
      idle.remove(link.address());
    }
  }

  /** Detaches it; what it was given and did not settle is in the queue again. Under the lock. */
  void discard(ReceivingLink link) {
    links.remove(link);
    link.close();
  }

  private void dropIdle() {
    List<ReceivingLink> all = new ArrayList<>();
    idle.values().forEach(all::addAll);
    links.removeAll(all);
    idle.clear();
    idleLinks = 0;
  }

  void add(RemoteSubscription subscription) {
    checkOpen();
    subscriptions.add(subscription);
  }

  void remove(RemoteSubscription subscription) {
    subscriptions.remove(subscription);
  }
}
