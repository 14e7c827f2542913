package io.correio.server.front.amqp10;

import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Reply;
import io.correio.core.queue.Settlement;
import io.correio.server.front.PublishLedger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.qpid.protonj2.engine.IncomingDelivery;
import org.apache.qpid.protonj2.engine.OutgoingDelivery;
import org.apache.qpid.protonj2.engine.Transaction;
import org.apache.qpid.protonj2.engine.TransactionManager;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.messaging.Accepted;
import org.apache.qpid.protonj2.types.messaging.Rejected;
import org.apache.qpid.protonj2.types.transactions.Coordinator;
import org.apache.qpid.protonj2.types.transactions.TransactionErrors;
import org.apache.qpid.protonj2.types.transactions.TransactionalState;
import org.apache.qpid.protonj2.types.transactions.TxnCapability;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * The transactions of a connection (part 4): publishes and outcomes are kept until the discharge,
 * which makes of them one command, so they happen together or not at all. Owned by the connection's
 * loop.
 *
 * <pre>
 *   declare ──▶ OPEN ──transfer, outcome──▶ OPEN ──discharge──▶ committed, or rolled back
 *                 └──more than a transaction may hold──▶ FAILED ──discharge──▶ rolled back
 * </pre>
 */
final class Transactions implements PublishLedger.Publisher {

  private static final int COORDINATOR_CREDIT = 100;

  private final OpenConnection connection;
  private final Map<Long, Work> open = new HashMap<>();
  private final Set<TransactionManager> coordinators = new HashSet<>();
  private long ids;

  /** What a peer said of a message, to count when the transaction does. */
  record Retirement(
      long lane,
      long sequence,
      @Nullable Settlement settlement,
      OutgoingDelivery delivery,
      boolean settledByPeer,
      BooleanSupplier linkEnded,
      Runnable landed) {}

  private static final class Work {
    final TransactionManager coordinator;
    final List<Command.Publish> publishes = new ArrayList<>();
    final List<Retirement> retirements = new ArrayList<>();
    long bytes;
    boolean failed;

    Work(TransactionManager coordinator) {
      this.coordinator = coordinator;
    }
  }

  Transactions(OpenConnection connection) {
    this.connection = connection;
  }

  /** A peer opens a link to the coordinator. */
  void onCoordinator(TransactionManager coordinator) {
    coordinator.setSource(coordinator.getRemoteSource());
    coordinator.setCoordinator(
        new Coordinator()
            .setCapabilities(
                TxnCapability.LOCAL_TXN,
                TxnCapability.MULTI_TXNS_PER_SSN,
                TxnCapability.MULTI_SSNS_PER_TXN));
    if (!connection.mayCoordinate()) {
      coordinator.open();
      coordinator.setCondition(
          Conditions.of(
              AmqpError.RESOURCE_LIMIT_EXCEEDED,
              "the connection has as many links as it may; open another connection"));
      coordinator.close();
      return;
    }
    coordinators.add(coordinator);
    connection
        .session()
        .rules()
        .attached(
            new SessionRules.End(
                true,
                coordinator::getCredit,
                coordinator::isLocallyClosed,
                condition -> coordinator.setCondition(condition).close(),
                () -> {}));
    coordinator.declareHandler(this::onDeclare).dischargeHandler(this::onDischarge);
    coordinator.closeHandler(ended -> {
      release(ended);
      ended.close();
    });
    coordinator.parentEndpointClosedHandler(this::release);
    coordinator.open();
    coordinator.addCredit(COORDINATOR_CREDIT);
  }

  private void release(TransactionManager coordinator) {
    if (coordinators.remove(coordinator)) {
      rollBackAll(coordinator);
      connection.detached();
    }
  }

  private void onDeclare(Transaction<TransactionManager> transaction) {
    TransactionManager coordinator = transaction.parent();
    if (open.size() >= Amqp10Limits.TRANSACTIONS) {
      coordinator.declareFailed(
          transaction,
          Conditions.of(
              TransactionErrors.TRANSACTION_ROLLBACK,
              "a connection may have "
                  + Amqp10Limits.TRANSACTIONS
                  + " transactions; discharge some first"));
    } else {
      long id = ++ids;
      open.put(id, new Work(coordinator));
      coordinator.declared(
          transaction, new Binary(ByteBuffer.allocate(Long.BYTES).putLong(id).array()));
    }
    renewCredit(coordinator);
  }

  private static void renewCredit(TransactionManager coordinator) {
    if (coordinator.getCredit() <= COORDINATOR_CREDIT / 2) {
      coordinator.addCredit(COORDINATOR_CREDIT - coordinator.getCredit());
    }
  }

  private static long id(@Nullable Binary id) {
    return id == null || id.getLength() != Long.BYTES ? 0 : id.asByteBuffer().getLong(0);
  }

  private static ErrorCondition unknown() {
    return Conditions.of(
        TransactionErrors.UNKNOWN_ID, "no such transaction is open; declare one first");
  }

  /** A message that is published when the transaction commits. */
  void publish(TransactionalState state, IncomingDelivery delivery, Command.Publish command) {
    Work work = open.get(id(state.getTxnId()));
    if (work == null) {
      delivery.disposition(new Rejected(unknown()), true);
      return;
    }
    work.bytes += command.message().size();
    if (!work.failed) {
      work.publishes.add(command);
      checkSize(work);
    }
    delivery.disposition(
        new TransactionalState().setTxnId(state.getTxnId()).setOutcome(Accepted.getInstance()),
        true);
  }

  /** An outcome that counts when the transaction commits. */
  void retire(TransactionalState state, Retirement retirement) {
    Work work = open.get(id(state.getTxnId()));
    if (work == null) {
      retirement.delivery().disposition(new Rejected(unknown()), true);
      connection.settles().settle(retirement.lane(), retirement.sequence(), Settlement.RETURNED);
      retirement.landed().run();
      return;
    }
    work.retirements.add(retirement);
    checkSize(work);
  }

  private void checkSize(Work work) {
    Amqp10Limits limits = connection.limits();
    if (work.bytes > limits.transactionMaxBytes()
        || work.publishes.size() + work.retirements.size() > limits.transactionMaxOperations()) {
      work.failed = true;
      work.publishes.clear();
    }
  }

  private void onDischarge(Transaction<TransactionManager> transaction) {
    TransactionManager coordinator = transaction.parent();
    Work work = open.remove(id(transaction.getTxnId()));
    renewCredit(coordinator);
    if (work == null) {
      coordinator.dischargeFailed(transaction, unknown());
    } else if (work.failed) {
      rollBack(work);
      coordinator.dischargeFailed(
          transaction,
          Conditions.of(
              TransactionErrors.TRANSACTION_ROLLBACK,
              "the transaction holds more than %d bytes or %d operations; commit more often"
                  .formatted(
                      connection.limits().transactionMaxBytes(),
                      connection.limits().transactionMaxOperations())));
    } else if (transaction.getDischargeState() == Transaction.DischargeState.ROLLBACK) {
      rollBack(work);
      // What was to be settled is ready again before the peer is told.
      connection.afterSettlements(() -> coordinator.discharged(transaction));
    } else {
      commit(transaction, work);
    }
  }

  private void commit(Transaction<TransactionManager> transaction, Work work) {
    long request =
        connection.request(reply -> {
          if (reply instanceof Reply.Refused refused) {
            work.retirements.forEach(retirement -> retirement.landed().run());
            transaction
                .parent()
                .dischargeFailed(
                    transaction,
                    Conditions.of(
                        TransactionErrors.TRANSACTION_ROLLBACK, refused.refusal().text()));
          } else {
            work.retirements.forEach(Transactions::settle);
            transaction.parent().discharged(transaction);
          }
        });
    connection.commit(
        this, new Command.Commit(connection.id(), request, work.publishes, settles(work)));
  }

  private static void settle(Retirement retirement) {
    if (!retirement.delivery().isSettled()) {
      retirement.delivery().settle();
    }
    retirement.landed().run();
  }

  private List<Command.Settle> settles(Work work) {
    Map<Settlement, List<Retirement>> bySettlement = new EnumMap<>(Settlement.class);
    for (Retirement retirement : work.retirements) {
      Settlement settlement = retirement.settlement();
      bySettlement
          .computeIfAbsent(
              settlement == null ? Settlement.RELEASED : settlement, s -> new ArrayList<>())
          .add(retirement);
    }
    List<Command.Settle> settles = new ArrayList<>();
    bySettlement.forEach((settlement, retirements) ->
        settles.add(
            new Command.Settle(
                connection.id(),
                retirements.stream().mapToLong(Retirement::lane).toArray(),
                retirements.stream().mapToLong(Retirement::sequence).toArray(),
                retirements.size(),
                settlement)));
    return settles;
  }

  /** Nothing of it happened; what the peer has settled for good is ready again. */
  private void rollBack(Work work) {
    for (Retirement retirement : work.retirements) {
      if (retirement.settledByPeer() || retirement.linkEnded().getAsBoolean()) {
        connection.settles().settle(retirement.lane(), retirement.sequence(), Settlement.RETURNED);
        settle(retirement);
      }
    }
  }

  private void rollBackAll(TransactionManager coordinator) {
    open.values()
        .removeIf(work -> {
          boolean its = work.coordinator.equals(coordinator);
          if (its) {
            rollBack(work);
          }
          return its;
        });
  }

  @Override
  public void onAccepted(long tag) {}

  @Override
  public void onRejected(long tag) {}

  /** In a transaction an unroutable message is dropped: its outcome was told before. */
  @Override
  public void onReturned(long tag, Message message) {}
}
