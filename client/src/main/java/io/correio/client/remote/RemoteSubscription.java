package io.correio.client.remote;

import io.correio.client.Message;
import io.correio.client.MessageHandler;
import io.correio.client.MessagingException;
import io.correio.client.NotifyOptions;
import io.correio.client.Subscription;
import io.correio.client.remote.ReceivingLink.Arrival;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Modified;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.DeliveryState;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * A handler at a queue: so many virtual threads as it may run in parallel, each of which takes,
 * handles and settles, over one link. Its state is guarded by the manager's lock; the last thread
 * to end detaches the link.
 */
final class RemoteSubscription implements Subscription {
  private static final System.Logger LOG = System.getLogger(RemoteSubscription.class.getName());

  /** A rest grows up to so many times the first one. */
  private static final long MAX_GROWTH = 300;

  private final RemoteQueueManager manager;
  private final String queue;
  private final MessageHandler handler;
  private final NotifyOptions options;
  private final ReceivingLink link;
  private final Condition changed;
  private final Set<Thread> workers = new HashSet<>();
  private @Nullable MessagingException failure;
  private boolean closing;
  private int busy;

  private RemoteSubscription(
      RemoteQueueManager manager,
      String queue,
      String address,
      MessageHandler handler,
      NotifyOptions options) {
    this.manager = manager;
    this.queue = queue;
    this.handler = handler;
    this.options = options;
    this.link = manager.links().borrow(queue, address, ReceivingLink.Kind.CONSUMING);
    this.changed = manager.newCondition();
  }

  static RemoteSubscription start(
      RemoteQueueManager manager,
      String queue,
      String address,
      MessageHandler handler,
      NotifyOptions options) {
    manager.lock();
    try {
      RemoteSubscription made = new RemoteSubscription(manager, queue, address, handler, options);
      manager.add(made);
      for (int i = 1; i <= options.parallel(); i++) {
        Thread worker = Thread.ofVirtual().name("notify-" + queue + "-" + i).unstarted(made::work);
        made.workers.add(worker);
      }
      made.workers.forEach(Thread::start);
      return made;
    } finally {
      manager.unlock();
    }
  }

  // ---- the workers ---------------------------------------------------------------------------

  private void work() {
    int failures = 0;
    try {
      for (Arrival next = next(); next != null; next = next()) {
        DeliveryState outcome = handle(next.message());
        boolean failed = outcome instanceof Modified;
        failures = failed ? failures + 1 : 0;
        done(next, outcome, failures);
      }
    } catch (MessagingException e) {
      manager.lock();
      failure = failure == null && !closing ? e : failure;
      manager.unlock();
    } finally {
      ended();
    }
  }

  private @Nullable Arrival next() {
    manager.lock();
    try {
      if (closing || failure != null) {
        return null;
      }
      Arrival arrival = link.take(ReceivingLink.FOREVER, () -> window() - busy, false);
      busy++;
      link.renewCredit(window() - busy);
      return arrival;
    } finally {
      manager.unlock();
    }
  }

  private int window() {
    return options.parallel() + options.prefetch();
  }

  private DeliveryState handle(Message message) {
    try {
      handler.handle(message);
      return Accepted.getInstance();
    } catch (MessageHandler.Rejection e) {
      LOG.log(System.Logger.Level.DEBUG, "queue {0}: rejected: {1}", queue, e.getMessage());
      return new Rejected(new ErrorCondition(AmqpError.NOT_ALLOWED, e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Modified(true, false);
    } catch (Throwable e) { // also an assertion's: what failed is not done
      LOG.log(System.Logger.Level.WARNING, "queue " + queue + ": the handler failed", e);
      return new Modified(true, false);
    }
  }

  private void done(Arrival arrival, DeliveryState outcome, int failures) {
    manager.lock();
    try {
      busy--;
      link.settle(arrival, outcome);
      if (failures > 0) {
        long growth = Math.min(MAX_GROWTH, 1L << Math.min(failures - 1, 9));
        long until = System.nanoTime() + options.retryDelay().toNanos() * growth;
        while (!closing && until - System.nanoTime() > 0) {
          manager.await(changed, until);
        }
      }
    } finally {
      manager.unlock();
    }
  }

  private void ended() {
    manager.lock();
    try {
      workers.remove(Thread.currentThread());
      if (failure != null) {
        link.fail(failure); // the other workers end as well
      }
      if (workers.isEmpty()) {
        manager.links().discard(link);
        manager.remove(this);
      }
      changed.signalAll();
    } finally {
      manager.unlock();
    }
  }

  // ---- its end -------------------------------------------------------------------------------

  @Override
  public void close() {
    manager.lock();
    try {
      if (!closing) {
        closing = true;
        link.fail(new MessagingException.Closed("the subscription to '" + queue + "' was closed"));
        changed.signalAll();
      }
      while (!workers.isEmpty() && !workers.contains(Thread.currentThread())) {
        manager.await(changed, ReceivingLink.FOREVER);
      }
    } finally {
      manager.unlock();
    }
  }

  @Override
  public void await() {
    manager.lock();
    try {
      while (!workers.isEmpty()) {
        manager.await(changed, ReceivingLink.FOREVER);
      }
      if (failure != null) {
        throw failure;
      }
    } finally {
      manager.unlock();
    }
  }
}
