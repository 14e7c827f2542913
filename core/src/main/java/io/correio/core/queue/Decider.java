package io.correio.core.queue;

import io.correio.core.filter.MessageReader;
import io.correio.core.message.Message;
import io.correio.core.routing.HeaderSource;
import java.util.Iterator;
import java.util.function.Function;

/**
 * Decides commands into facts and effects: pure, without clock, I/O or threads. It may read the
 * state and change the conversation; the state changes only by the facts that it hands to {@link
 * Decisions#fact}.
 *
 * <p><b>What may leave when.</b> Every effect names the position it depends on, and effects of one
 * connection leave in the order they were decided:
 *
 * <pre>
 *   outcome of a durable publish          its Enqueued
 *   delivery of a durable message         its Enqueued, and the Marked that covers it
 *   delivery with auto-settlement         the same, not its own Settled
 *   any reply to a request                the last fact this connection caused: a barrier
 *   transient: outcome, return, delivery  nothing
 * </pre>
 *
 * Owned by the shard's thread.
 */
public final class Decider {

  /**
   * Room that a change of definitions waits for at most: one that takes more takes several entries,
   * and would never find room for all of them at once.
   */
  private static final long MAX_CHANGE_BYTES = 1 << 20;

  private final QueueState state;
  private final Conversation conversation;
  private final Decisions decisions;
  private final Reserve reserve;
  private final Settling settling;
  private final Publishing publishing;
  private final Delivery delivery;
  private final Consuming consuming;
  private final Defining defining;
  private final DefinitionSizes sizes;
  private final long outboxBytes;
  private boolean watching;

  /**
   * @param virtualHost its name, for what is said to peers
   * @param windowBytes memory for the heads of queues
   * @param outboxBytes bytes that may be emitted for a connection and not drained
   * @param headers what exchanges compare of a message, where it is routed again
   * @param reader looks into messages for selectors
   */
  public Decider(
      String virtualHost,
      QueueState state,
      Decisions decisions,
      long windowBytes,
      long outboxBytes,
      Function<Message, HeaderSource> headers,
      MessageReader reader) {
    this.state = state;
    this.decisions = decisions;
    this.outboxBytes = outboxBytes;
    this.conversation = new Conversation(state, windowBytes);
    this.reserve = new Reserve(conversation, decisions);
    this.settling = new Settling(conversation, decisions);
    this.publishing = new Publishing(state, conversation, decisions, settling, reader);
    DeadLettering deadLettering =
        new DeadLettering(state, conversation, decisions, reserve, publishing, headers);
    this.delivery = new Delivery(state, conversation, decisions, reserve, deadLettering, reader);
    this.defining = new Defining(virtualHost, state, conversation, decisions);
    this.sizes = new DefinitionSizes(state, conversation);
    this.consuming = new Consuming(conversation, decisions, defining);
  }

  /** Decides one command. */
  public void decide(Command command) {
    if (command.connection() == 0) {
      decideOwn(command);
    } else if (command instanceof Command.Connect connect) {
      conversation.connections.put(
          connect.connection(),
          new ConnectionEntry(connect.connection(), connect.sink(), connect.origin(), outboxBytes));
    } else {
      ConnectionEntry connection = conversation.connections.get(command.connection());
      if (connection != null && !mustWait(connection, command)) {
        decide(connection, command);
      }
    }
    delivery.run();
  }

  /** The commands that were waiting in the inbox are decided: outcomes that were saved up leave. */
  public void endStep() {
    publishing.report();
  }

  private void decideOwn(Command command) {
    switch (command) {
      case Command.PageRead page -> {
        QueueConversation queue = conversation.queueIfActive(LaneId.queue(page.lane()));
        if (queue != null) {
          queue.window(page.lane()).fetched(page);
          conversation.touch(queue);
        }
      }
      case Command.ScanRead page -> delivery.read(page);
      case Command.Resume ignored -> resume();
      case Command.Tick tick -> tick(tick.nowMillis());
      case Command.Rest ignored -> rest();
      default -> throw new IllegalArgumentException("not a command of the shard's own: " + command);
    }
  }

  private void decide(ConnectionEntry connection, Command command) {
    switch (command) {
      case Command.Publish c -> publishing.publish(connection, c);
      case Command.Settle c -> settling.settle(connection, c);
      case Command.Drained c -> consuming.drained(connection, c);
      case Command.Credit c -> consuming.credit(connection, c);
      case Command.Drain c -> consuming.drain(connection, c);
      case Command.Take c -> consuming.take(connection, c);
      case Command.Commit c -> publishing.commit(connection, c);
      case Command.Subscribe c -> consuming.subscribe(connection, c);
      case Command.Cancel c -> consuming.cancel(connection, c);
      case Command.LimitPool c -> consuming.limitPool(connection, c);
      case Command.DeclareQueue c -> defining.declareQueue(connection, c);
      case Command.DeleteQueue c -> defining.deleteQueue(connection, c);
      case Command.PurgeQueue c -> defining.purgeQueue(connection, c);
      case Command.DeclareExchange c -> defining.declareExchange(connection, c);
      case Command.DeleteExchange c -> defining.deleteExchange(connection, c);
      case Command.Bind c -> defining.bind(connection, c);
      case Command.Unbind c -> defining.unbind(connection, c);
      case Command.Inspect c -> defining.inspect(connection, c);
      case Command.ChangeIdentities c -> defining.changeIdentities(connection, c);
      case Command.Disconnect ignored -> disconnect(connection);
      case Command.Connect c -> throw new IllegalArgumentException("connected twice: " + c);
      case Command.PageRead c -> throw notOfAConnection(c);
      case Command.ScanRead c -> throw notOfAConnection(c);
      case Command.Resume c -> throw notOfAConnection(c);
      case Command.Tick c -> throw notOfAConnection(c);
      case Command.Rest c -> throw notOfAConnection(c);
    }
  }

  private static IllegalArgumentException notOfAConnection(Command command) {
    return new IllegalArgumentException("not a command of a connection: " + command);
  }

  private void disconnect(ConnectionEntry connection) {
    conversation.orphanedBytes -= connection.orphanedBytes;
    conversation.connections.remove(connection.id);
  }

  /**
   * Gives back what a connection had, as far as there is room to note which queues go with it; so
   * many may go that it takes more than one entry.
   *
   * @return false when some are left for want of room: then this is to be called again
   */
  private boolean leave(ConnectionEntry connection) {
    connection.gone = true;
    settling.returnAll(connection);
    for (long id : connection.consumers.sortedKeys()) {
      Consumer consumer = connection.consumers.get(id);
      if (consumer == null) {
        continue; // gone with its queue
      }
      if (!mayChange(sizes.end(consumer))) {
        return false;
      }
      connection.consumers.remove(id);
      consuming.end(connection, consumer);
      decisions.betweenCommands();
    }
    for (long id : connection.exclusiveQueues.sortedKeys()) {
      QueueConversation queue = connection.exclusiveQueues.get(id);
      if (queue == null) {
        continue;
      }
      if (!mayChange(sizes.deletion(queue))) {
        return false;
      }
      defining.delete(queue);
      decisions.betweenCommands();
    }
    return true;
  }

  /** Whether a change of definitions that is no growth finds room. */
  private boolean mayChange(long bytes) {
    return bytes == 0 || reserve.leavesSettlements(Math.min(bytes, MAX_CHANGE_BYTES));
  }

  // ---- time ----------------------------------------------------------------------------------

  private void tick(long nowMillis) {
    conversation.nowMillis = Math.max(conversation.nowMillis, nowMillis); // clocks are set back
    if (!watching) {
      watching = true;
      conversation.watch();
    }
    QueueConversation queue;
    while ((queue = conversation.nextDue()) != null) {
      if (queue.forgottenAtMillis() <= conversation.nowMillis && mayChange(sizes.deletion(queue))) {
        defining.delete(queue);
        decisions.betweenCommands();
      } else {
        conversation.touch(queue);
      }
    }
  }

  /** When the next {@link Command.Tick} is needed at the latest; never: the largest number. */
  public long nextTickMillis() {
    return conversation.nextAlarmMillis();
  }

  // ---- waiting for room ----------------------------------------------------------------------

  /**
   * Publishes and new definitions wait while there is no room, and so does what a connection asks
   * behind them, to keep its order. What gives room or credit back never waits.
   */
  private boolean mustWait(ConnectionEntry connection, Command command) {
    switch (command) {
      case Command.Settle ignored -> {
        return false;
      }
      case Command.Credit ignored -> {
        return false;
      }
      case Command.Drain ignored -> {
        return false;
      }
      case Command.Drained ignored -> {
        return false;
      }
      case Command.Disconnect ignored -> {
        // What it had must not wait for room; what it published before still does.
        boolean left = leave(connection);
        forgetQuestions(connection);
        if (left && connection.deferred > 0 && !mayOrphan(connection)) {
          forget(connection);
        }
        if (left && connection.deferred == 0) {
          return false;
        }
        defer(connection, command);
        return true;
      }
      default -> {}
    }
    boolean othersWait = !conversation.deferred.isEmpty() && takesRoom(command);
    if (connection.deferred > 0 || othersWait || !hasRoom(command)) {
      defer(connection, command);
      return true;
    }
    return false;
  }

  private void defer(ConnectionEntry connection, Command command) {
    connection.deferred++;
    conversation.deferred.addLast(command);
    tellBlocked(connection);
  }

  /** Whether what a connection that is gone has waiting may wait on; counts it if so. */
  private boolean mayOrphan(ConnectionEntry connection) {
    long bytes = 0;
    for (Command command : conversation.deferred) {
      if (command.connection() == connection.id) {
        bytes +=
            switch (command) {
              case Command.Publish c -> Publishing.logBytes(c);
              case Command.Commit c -> Publishing.logBytes(c);
              default -> sizes.growth(command);
            };
      }
    }
    if (conversation.orphanedBytes + bytes > Conversation.MAX_ORPHANED_BYTES) {
      return false;
    }
    connection.orphanedBytes = bytes;
    conversation.orphanedBytes += bytes;
    return true;
  }

  /**
   * Drops what a connection asked and is not there to be told: done later, it would undo what
   * others were told meanwhile.
   */
  private void forgetQuestions(ConnectionEntry connection) {
    if (connection.deferred > 0) {
      conversation.deferred.removeIf(command -> {
        boolean question =
            command.connection() == connection.id
                && !(command instanceof Command.Publish)
                && !(command instanceof Command.Commit)
                && !(command instanceof Command.Disconnect);
        connection.deferred -= question ? 1 : 0;
        return question;
      });
    }
  }

  /** Drops what a connection has waiting, of which nobody was told that it happened. */
  private void forget(ConnectionEntry connection) {
    conversation.deferred.removeIf(command -> command.connection() == connection.id);
    connection.deferred = 0;
  }

  /** Whether the command adds to what the log keeps: then it does so in its turn. */
  private boolean takesRoom(Command command) {
    return switch (command) {
      case Command.Publish ignored -> true;
      case Command.Commit c -> !c.publishes().isEmpty();
      default -> sizes.growth(command) > 0;
    };
  }

  private boolean hasRoom(Command command) {
    return switch (command) {
      case Command.Publish c -> hasRoom(Publishing.logBytes(c));
      // One that only settles is no publish, and may be what makes room.
      case Command.Commit c -> c.publishes().isEmpty() || hasRoom(Publishing.logBytes(c));
      default -> {
        long growth = sizes.growth(command);
        yield growth > 0 ? hasRoom(growth) : mayChange(sizes.change(command));
      }
    };
  }

  private boolean hasRoom(long bytes) {
    return !decisions.fits(bytes) // what never fits is refused at once
        || (decisions.reserve(bytes) && reserve.leavesSettlements(bytes));
  }

  private void tellBlocked(ConnectionEntry connection) {
    if (!connection.blocked && decisions.isRoomShort()) {
      connection.blocked = true;
      decisions.effect(
          connection,
          0,
          new Effect.Blocked("no room on the disk; publishing goes on when there is"));
    }
  }

  private void resume() {
    conversation.resumeDeaths();
    if (reserve.isLacking()) {
      reserve.lookAgain();
      conversation.touchAll();
    }
    Command command;
    while ((command = conversation.deferred.peekFirst()) != null) {
      ConnectionEntry connection = conversation.connections.get(command.connection());
      if (connection == null) {
        conversation.deferred.removeFirst();
        continue;
      }
      if (command instanceof Command.Disconnect ? !leave(connection) : !hasRoom(command)) {
        tellAllBlocked();
        return;
      }
      conversation.deferred.removeFirst();
      connection.deferred--;
      decide(connection, command);
      delivery.run();
      decisions.betweenCommands();
      if (connection.deferred == 0 && connection.blocked) {
        connection.blocked = false;
        decisions.effect(connection, 0, new Effect.Unblocked());
      }
    }
  }

  private void tellAllBlocked() {
    if (decisions.isRoomShort()) {
      Iterator<Command> waiting = conversation.deferred.iterator();
      while (waiting.hasNext()) {
        ConnectionEntry connection = conversation.connections.get(waiting.next().connection());
        if (connection != null) {
          tellBlocked(connection);
        }
      }
    }
  }

  /** Bytes of messages that are in memory because they go next. */
  long windowBytes() {
    return conversation.budget.bytes();
  }

  /** Whether commands or deliveries wait for room. */
  public boolean isWaiting() {
    return !conversation.deferred.isEmpty()
        || reserve.isLacking()
        || conversation.hasDeathsWaiting();
  }

  /** Whether there was not even room for settlements, so that deliveries wait as well. */
  public boolean lacksReserve() {
    return reserve.isLacking();
  }

  // ---- clean stop ----------------------------------------------------------------------------

  private void rest() {
    for (long id : state.laneIds()) {
      Lane lane = state.lane(id);
      if (lane == null || !LaneId.isDurable(id) || lane.mark() == handedOutBelow(lane)) {
        continue;
      }
      if (!reserve.leavesSettlements(Reserve.SETTLEMENT_BYTES)) {
        return; // more than needed will be flagged as redelivered
      }
      decisions.fact(new Fact.MarkedExactly(id, handedOutBelow(lane)));
      decisions.betweenCommands();
    }
  }

  /** The first sequence from which on no unsettled message was ever handed out. */
  private long handedOutBelow(Lane lane) {
    QueueConversation queue = conversation.queueIfActive(LaneId.queue(lane.id()));
    long recovered = lane.redeliverBelow();
    if (queue == null) {
      return recovered;
    }
    return Math.max(recovered, queue.window(lane.id()).firstNeverHandedOut());
  }
}
