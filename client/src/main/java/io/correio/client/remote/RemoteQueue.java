package io.correio.client.remote;

import io.correio.client.Message;
import io.correio.client.MessageHandler;
import io.correio.client.MessageQueue;
import io.correio.client.MessagingException;
import io.correio.client.NotifyOptions;
import io.correio.client.Subscription;
import io.correio.client.remote.ReceivingLink.Arrival;
import io.correio.client.remote.ReceivingLink.Kind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Released;
import org.jspecify.annotations.Nullable;

/** A queue of a {@link RemoteQueueManager}: a name and an address, and nothing to close. */
final class RemoteQueue implements MessageQueue {

  /** Puts of one call that may be without an outcome. */
  private static final int WINDOW = 1_024;

  private final RemoteQueueManager manager;
  private final String name;
  private final String address;

  RemoteQueue(RemoteQueueManager manager, String name, String address) {
    this.manager = manager;
    this.name = name;
    this.address = address;
  }

  String address() {
    return address;
  }

  boolean isOf(RemoteQueueManager other) {
    return manager.equals(other);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void put(Message message) {
    await(send(message));
  }

  @Override
  public void putAll(Collection<Message> messages) {
    checkBatch(messages.size());
    Deque<SendingLink.Put> open = new ArrayDeque<>();
    for (Message message : messages) {
      if (open.size() == WINDOW) {
        await(open.removeFirst());
      }
      open.addLast(send(message));
    }
    open.forEach(this::await);
  }

  private static void checkBatch(int messages) {
    if (messages < 0 || messages > MAX_BATCH) {
      throw new IllegalArgumentException(
          "one call takes at most " + MAX_BATCH + " messages, not " + messages);
    }
  }

  private SendingLink.Put send(Message message) {
    SendingLink.Put put = new SendingLink.Put(manager.encode(message), null);
    manager.lock();
    try {
      manager.links().sender(name, address).put(put);
    } finally {
      manager.unlock();
    }
    return put;
  }

  private void await(SendingLink.Put put) {
    try {
      put.done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MessagingException.Interrupted(
          manager.describe("put into", name) + ": interrupted; the message may have arrived");
    } catch (ExecutionException e) {
      throw Failures.rethrown(e.getCause());
    }
  }

  @Override
  public Message get() {
    return take(ReceivingLink.FOREVER).orElseThrow();
  }

  @Override
  public Optional<Message> get(Duration wait) {
    return take(RemoteQueueManager.deadline(wait));
  }

  @Override
  public Optional<Message> poll() {
    return take(System.nanoTime());
  }

  private Optional<Message> take(long deadline) {
    return taking(
        Kind.CONSUMING,
        link -> {
          Arrival arrival = link.take(deadline, () -> 1, true);
          if (arrival == null) {
            return Optional.empty();
          }
          link.settle(arrival, Accepted.getInstance());
          return Optional.of(arrival.message());
        });
  }

  @Override
  public List<Message> getUpTo(int max, Duration wait) {
    checkBatch(max);
    long deadline = RemoteQueueManager.deadline(wait);
    return taking(
        Kind.CONSUMING,
        link -> {
          List<Message> taken = new ArrayList<>();
          Arrival next = max == 0 ? null : link.take(deadline, () -> max, true);
          while (next != null) {
            link.settle(next, Accepted.getInstance());
            taken.add(next.message());
            next = next(link, taken.size(), max);
          }
          return taken;
        });
  }

  /** The next of those that have come; what has been begun is never lost to an outage. */
  private static @Nullable Arrival next(ReceivingLink link, int taken, int max) {
    if (taken == max) {
      return null;
    }
    try {
      return link.take(System.nanoTime(), () -> 0, true);
    } catch (MessagingException e) {
      return null;
    }
  }

  @Override
  public List<Message> browse(int max) {
    checkBatch(max);
    return taking(
        Kind.BROWSING,
        link -> {
          List<Message> seen = new ArrayList<>();
          long now = System.nanoTime();
          Arrival next = max == 0 ? null : link.take(now, () -> max, true);
          while (next != null) {
            link.settle(next, Released.getInstance());
            seen.add(next.message());
            next = seen.size() == max ? null : link.take(now, () -> 0, true);
          }
          return seen;
        });
  }

  private <T> T taking(Kind kind, Function<ReceivingLink, T> use) {
    manager.lock();
    try {
      ReceivingLink link = manager.links().borrow(name, address, kind);
      try {
        return use.apply(link);
      } finally {
        manager.links().giveBack(link);
      }
    } finally {
      manager.unlock();
    }
  }

  @Override
  public Subscription notify(MessageHandler handler, NotifyOptions options) {
    return RemoteSubscription.start(manager, name, address, handler, options);
  }

  @Override
  public Subscription serve(Function<Message, Message> service, NotifyOptions options) {
    return notify(
        request -> {
          String replyTo = request.replyTo();
          if (replyTo == null) {
            throw new MessageHandler.Rejection("it says no reply-to for the answer");
          }
          String correlation =
              request.correlationId() == null ? request.id() : request.correlationId();
          Message reply = service.apply(request).toBuilder().correlationId(correlation).build();
          try {
            manager.replyQueue(replyTo).put(reply);
          } catch (MessagingException.NoSuchQueue e) {
            // Who asked is gone, and nobody waits.
          }
        },
        options);
  }
}
