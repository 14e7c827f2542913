package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.queue.Command;
import io.correio.core.queue.Settlement;
import io.correio.server.front.SettleBatch;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The publishes of a transaction that is open on a channel; its settlements wait in {@link
 * Unsettled}. Owned by the connection's loop.
 */
final class Transaction {
  private final SessionLimits limits;
  private final BodyBudget budget;
  private List<Command.Publish> publishes = new ArrayList<>();
  private long bytes;

  Transaction(SessionLimits limits, BodyBudget budget) {
    this.limits = limits;
    this.budget = budget;
  }

  /**
   * Keeps a publish for the commit.
   *
   * @param settlements how many settlements the transaction has
   */
  void add(Command.Publish publish, Method method, int settlements) {
    checkOperations(settlements + 1, method);
    int size = publish.message().size();
    if (bytes + size > limits.transactionBytes()) {
      throw tooLarge(method, bytes + size + " bytes", limits.transactionBytes() + " bytes");
    }
    if (!budget.tryReserveTransaction(size)) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "all open transactions together hold too many bytes; commit earlier, or try again later");
    }
    bytes += size;
    publishes.add(publish);
  }

  /** Raises 406 when the transaction would have too many operations with so many settlements. */
  void checkOperations(int settlements, Method method) {
    int operations = publishes.size() + settlements;
    if (operations > limits.transactionOperations()) {
      throw tooLarge(method, operations + " operations", limits.transactionOperations() + "");
    }
  }

  private static RuntimeException tooLarge(Method method, String has, String max) {
    return Errors.of(
        ReplyCode.PRECONDITION_FAILED,
        method,
        "a transaction of %s where %s are allowed; commit more often".formatted(has, max));
  }

  /** The publishes, which are no longer the transaction's. */
  List<Command.Publish> take() {
    List<Command.Publish> taken = publishes;
    publishes = new ArrayList<>();
    budget.releaseTransaction(bytes);
    bytes = 0;
    return taken;
  }

  /** Drops the publishes. */
  void clear() {
    take();
  }

  /** The settlements that wait for the commit, one command of each kind. */
  static List<Command.Settle> settles(long connection, Unsettled unsettled) {
    if (unsettled.held() == 0) {
      return List.of();
    }
    List<Command.Settle> settles = new ArrayList<>();
    Map<Settlement, SettleBatch> batches = new EnumMap<>(Settlement.class);
    unsettled.commit((lane, sequence, settlement) ->
        batches
            .computeIfAbsent(
                settlement,
                kind ->
                    new SettleBatch(connection, command -> settles.add((Command.Settle) command)))
            .settle(lane, sequence, settlement));
    batches.values().forEach(SettleBatch::flush);
    return settles;
  }
}
