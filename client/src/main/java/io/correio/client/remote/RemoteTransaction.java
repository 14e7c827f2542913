package io.correio.client.remote;

import io.correio.client.Message;
import io.correio.client.MessageQueue;
import io.correio.client.MessagingException;
import io.correio.client.Transaction;
import io.correio.client.remote.ReceivingLink.Arrival;
import io.correio.client.remote.ReceivingLink.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.Condition;
import org.apache.qpid.protonj2.engine.TransactionController;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Released;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.transactions.Coordinator;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transactions.TxnCapability;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * Puts are kept here and gets are held unsettled until the end; then a transaction of AMQP 1.0
 * (part 4) is declared, given all of them, and discharged. Used by one thread; what the
 * connection's thread tells is guarded by the manager's lock.
 *
 * <pre>
 *   collecting ──commit──▶ declare ──▶ transfers, dispositions ──▶ discharge ──▶ committed
 *        │                    │ lost: nothing happened                 │ lost: nobody knows
 *        └──throws──▶ gets released
 * </pre>
 */
final class RemoteTransaction implements Transaction, RemoteLink {

  private final RemoteQueueManager manager;
  private final Condition changed;
  private final List<Planned> puts = new ArrayList<>();
  private final List<Held> gets = new ArrayList<>();
  private final Map<String, ReceivingLink> links = new HashMap<>();
  private @Nullable Binary id;
  private @Nullable ErrorCondition refusal;
  private boolean refused;
  private boolean discharged;
  private boolean lost;
  private boolean over;

  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Planned(RemoteQueue queue, byte[] encoded) {}

  private record Held(ReceivingLink link, Arrival arrival) {}

  RemoteTransaction(RemoteQueueManager manager) {
    this.manager = manager;
    this.changed = manager.newCondition();
  }

  // ---- collecting ----------------------------------------------------------------------------

  @Override
  public void put(MessageQueue queue, Message message) {
    check();
    puts.add(new Planned(own(queue), manager.encode(message)));
  }

  private RemoteQueue own(MessageQueue queue) {
    if (queue instanceof RemoteQueue remote && remote.isOf(manager)) {
      return remote;
    }
    throw new IllegalArgumentException(
        "queue '" + queue.name() + "' is not of the manager that runs this transaction");
  }

  @Override
  public Message get(MessageQueue queue) {
    return take(queue, ReceivingLink.FOREVER).orElseThrow();
  }

  @Override
  public Optional<Message> get(MessageQueue queue, Duration wait) {
    return take(queue, RemoteQueueManager.deadline(wait));
  }

  @Override
  public Optional<Message> poll(MessageQueue queue) {
    return take(queue, System.nanoTime());
  }

  private Optional<Message> take(MessageQueue from, long deadline) {
    check();
    RemoteQueue queue = own(from);
    String address = queue.address();
    manager.lock();
    try {
      // Links are the transaction's until it ends: what they were given would go back with them.
      ReceivingLink link = links.get(address);
      if (link == null) {
        link = manager.links().borrow(queue.name(), address, Kind.CONSUMING);
        links.put(address, link);
      }
      Arrival arrival = link.take(deadline, () -> 1, true);
      if (arrival == null) {
        return Optional.empty();
      }
      gets.add(new Held(link, arrival));
      return Optional.of(arrival.message());
    } finally {
      manager.unlock();
    }
  }

  private void check() {
    if (over) {
      throw new IllegalStateException("the transaction has ended; use it inside its work only");
    }
    if (puts.size() + gets.size() >= MAX_OPERATIONS) {
      throw new MessagingException.Refused(
          "a transaction holds at most " + MAX_OPERATIONS + " puts and gets; commit more often");
    }
  }

  // ---- ending --------------------------------------------------------------------------------

  void rollBack() {
    over = true;
    manager.lock();
    try {
      for (Held held : gets.reversed()) {
        held.link().settle(held.arrival(), Released.getInstance());
      }
      giveBackLinks();
    } finally {
      manager.unlock();
    }
  }

  void commit() {
    over = true;
    if (puts.isEmpty() && gets.size() <= 1) {
      acceptOnly();
      return;
    }
    WireConnection on = begin();
    TransactionController controller = null;
    try {
      controller = declare(on);
      transferAndRetire(on);
      discharge(on, controller);
    } catch (MessagingException.OutcomeUnknown e) {
      throw e;
    } catch (MessagingException e) {
      release(on);
      throw rolledBack(e);
    } finally {
      end(on, controller);
    }
  }

  /** One get, or none, needs no transaction: its outcome happens or does not. */
  private void acceptOnly() {
    manager.lock();
    try {
      for (Held held : gets) {
        if (!held.link().settle(held.arrival(), Accepted.getInstance())) {
          throw rolledBack(null);
        }
      }
    } finally {
      giveBackLinks();
      manager.unlock();
    }
  }

  private WireConnection begin() {
    manager.lock();
    try {
      WireConnection on = manager.connection();
      boolean same = gets.stream().allMatch(held -> held.arrival().over() == on);
      if (on == null || !same) {
        release(on);
        giveBackLinks();
        throw rolledBack(null);
      }
      manager.links().watch(this);
      return on;
    } finally {
      manager.unlock();
    }
  }

  private TransactionController declare(WireConnection on) {
    manager.lock();
    try {
      if (lost) {
        throw rolledBack(null);
      }
      TransactionController controller =
          on.session()
              .coordinator(manager.linkName("transaction"))
              .setSource(new Source())
              .setCoordinator(new Coordinator().setCapabilities(TxnCapability.LOCAL_TXN));
      controller
          .declaredHandler(transaction -> {
            id = transaction.getTxnId();
            changed.signalAll();
          })
          .declareFailureHandler(transaction -> refuse(transaction.getCondition()))
          .dischargedHandler(transaction -> {
            discharged = true;
            changed.signalAll();
          })
          .dischargeFailureHandler(transaction -> refuse(transaction.getCondition()));
      controller.closeHandler(ended -> refuse(ended.getRemoteCondition()));
      controller.open();
      controller.addCapacityAvailableHandler(TransactionController::declare);
      while (id == null && !refused && !lost) {
        manager.await(changed, ReceivingLink.FOREVER);
      }
      if (id == null) {
        throw rolledBack(null);
      }
      return controller;
    } finally {
      manager.unlock();
    }
  }

  private void refuse(@Nullable ErrorCondition condition) {
    refused = true;
    refusal = condition;
    changed.signalAll();
  }

  private void transferAndRetire(WireConnection on) {
    List<SendingLink.Put> sent = new ArrayList<>();
    manager.lock();
    try {
      if (!manager.isCurrent(on)) {
        throw rolledBack(null);
      }
      for (Planned planned : puts) {
        SendingLink.Put put =
            new SendingLink.Put(planned.encoded(), new TransactionalState().setTxnId(id));
        manager.links().sender(planned.queue().name(), planned.queue().address()).put(put);
        sent.add(put);
      }
      for (Held held : gets) {
        held.link()
            .settle(
                held.arrival(),
                new TransactionalState().setTxnId(id).setOutcome(Accepted.getInstance()));
      }
    } finally {
      manager.unlock();
    }
    for (SendingLink.Put put : sent) {
      try {
        put.done.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MessagingException.Interrupted("interrupted before the commit");
      } catch (ExecutionException e) {
        throw Failures.rethrown(e.getCause());
      }
    }
  }

  private void discharge(WireConnection on, TransactionController controller) {
    manager.lock();
    try {
      if (!manager.isCurrent(on)) {
        throw rolledBack(null);
      }
      controller.discharge(controller.transactions().iterator().next(), false);
      while (!discharged && !refused && !lost) {
        manager.await(changed, ReceivingLink.FOREVER);
      }
      if (refused) {
        throw rolledBack(null);
      }
      if (!discharged) {
        throw new MessagingException.OutcomeUnknown(
            "the connection broke while a transaction was committed; look at its queues before it"
                + " is run again");
      }
    } finally {
      manager.unlock();
    }
  }

  private MessagingException.RolledBack rolledBack(@Nullable MessagingException cause) {
    if (cause instanceof MessagingException.RolledBack same) {
      return same;
    }
    String why =
        refused
            ? Refusals.describe(refusal)
            : cause != null ? cause.getMessage() : "the connection was lost";
    return new MessagingException.RolledBack(
        "the transaction was rolled back, nothing of it happened: " + why, cause);
  }

  private void release(@Nullable WireConnection on) {
    manager.lock();
    try {
      for (Held held : gets.reversed()) {
        if (held.arrival().over() == on) {
          held.link().settle(held.arrival(), Released.getInstance());
        }
      }
    } finally {
      manager.unlock();
    }
  }

  private void end(WireConnection on, @Nullable TransactionController controller) {
    manager.lock();
    try {
      manager.links().unwatch(this);
      if (manager.isCurrent(on) && controller != null && controller.isLocallyOpen()) {
        controller.closeHandler(ended -> {});
        controller.close(); // what was declared and not discharged is rolled back
      }
      giveBackLinks();
    } finally {
      manager.unlock();
    }
  }

  private void giveBackLinks() {
    links.values().forEach(manager.links()::giveBack);
    links.clear();
  }

  // ---- from the connection -------------------------------------------------------------------

  @Override
  public void attach(WireConnection connection) {}

  @Override
  public void lost() {
    lost = true;
    changed.signalAll();
  }

  @Override
  public void changed() {
    changed.signalAll();
  }

  @Override
  public void resume() {}
}
