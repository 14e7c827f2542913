package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.TxMethod;
import io.correio.amqp.v091.wire.BasicProperties;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.identity.Identities;
import io.correio.core.identity.User;
import io.correio.core.message.Address;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.HeaderSource;
import io.correio.core.routing.RoutingTable;
import io.correio.core.routing.Targets;
import io.correio.server.front.PublishLedger;
import io.correio.server.front.amqp091.Permissions.Resource;
import io.correio.server.front.content.Amqp091Encoding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Publishing on one channel: checks, routing, confirms, transactions. Owned by the connection's
 * loop.
 *
 * <p>A publish is routed on the snapshot as soon as it is complete. While the channel waits for a
 * definition that it asked for, the one complete publish is held and nothing more is read, so that
 * a client need not wait for its {@code declare-ok} before it publishes.
 */
final class ChannelPublishing implements PublishLedger.Publisher {
  private static final String IMPERSONATOR_TAG = "impersonator";

  private final OpenConnection connection;
  private final Amqp091Channel channel;
  private final ChannelConfirms confirms;
  private final BodyReservations.Body body = new BodyReservations.Body();
  private @Nullable Transaction transaction;
  private @Nullable Held held;

  // What the last publish was checked against: most have all of it in common with the one before.
  private BasicMethod.@Nullable Publish lastMethod;
  private byte @Nullable [] lastProperties;
  private @Nullable Prepared lastPrepared;
  private @Nullable RoutingTable checkedRouting;
  private @Nullable Identities checkedIdentities;
  private String checkedExchange = "";

  /** A complete publish that waits for definitions. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Held(
      BasicMethod.Publish method, byte[] properties, byte[] body, int reservedBytes) {}

  /** What follows from a method and its properties, for messages that are alike in them. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares them
  private record Prepared(
      Envelope envelope, byte[] head, HeaderSource headers, List<String> furtherKeys) {}

  ChannelPublishing(OpenConnection connection, Amqp091Channel channel) {
    this.connection = connection;
    this.channel = channel;
    this.confirms = new ChannelConfirms(channel.number());
  }

  ChannelConfirms confirms() {
    return confirms;
  }

  // ---- contents ------------------------------------------------------------------------------

  /** Decides whether an announced body may come, and makes room for it. */
  void onHeader(BasicMethod.Publish method, long bodySize) {
    if (method.immediate()) {
      throw Errors.of(
          ReplyCode.NOT_IMPLEMENTED, method, "immediate=true; publish without the flag");
    }
    int max = connection.limits().bodyBytes();
    if (bodySize > max) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "message size %d is larger than configured max size %d; split it, or send a reference"
              .formatted(bodySize, max));
    }
    connection.beginBody(body, (int) bodySize, method);
  }

  /** Takes a complete publish. */
  void onContent(BasicMethod.Publish method, byte[] properties, byte[] content) {
    int reserved = connection.endBody(body);
    if (!channel.isOpen()) {
      connection.releaseBody(reserved);
    } else if (channel.awaitsDefinitions()) {
      held = new Held(method, properties, content, reserved);
      connection.pause(Pause.DEFINITIONS);
    } else {
      publish(method, properties, content, reserved);
    }
  }

  /** Definitions are in place: goes on with what was held. */
  void resume() {
    Held publish = held;
    if (publish != null) {
      held = null;
      connection.resume(Pause.DEFINITIONS);
      publish(publish.method, publish.properties, publish.body, publish.reservedBytes);
    }
  }

  private void publish(
      BasicMethod.Publish method, byte[] properties, byte[] content, int reserved) {
    boolean submitted = false;
    try {
      checkExchange(method);
      Prepared prepared = prepare(method, properties);
      Message message =
          new Message(prepared.envelope, MessageFormat.toContent(prepared.head, content));
      Command.Publish command = route(message, prepared, method.mandatory());
      if (transaction == null) {
        submitted = true;
        connection.publish(this, confirms.nextTag(), command, reserved);
      } else {
        transaction.add(command, method, channel.consuming().unsettled().held());
      }
    } finally {
      if (!submitted) {
        connection.releaseBody(reserved);
      }
    }
  }

  @SuppressWarnings("ReferenceEquality") // the same snapshots: nothing has changed
  private void checkExchange(BasicMethod.Publish method) {
    String exchange = method.exchange();
    RoutingTable routing = connection.host().routing();
    Identities identities = connection.permissions().identities();
    if (routing == checkedRouting
        && identities == checkedIdentities
        && exchange.equals(checkedExchange)) {
      return;
    }
    connection.permissions().checkWrite(Resource.EXCHANGE, exchange, method);
    ExchangeDefinition definition = routing.exchange(exchange);
    if (definition == null) {
      throw Errors.of(
          ReplyCode.NOT_FOUND,
          method,
          "no exchange '%s' in vhost '%s'; declare it first"
              .formatted(exchange, connection.host().name()));
    }
    if (definition.internal()) {
      throw Errors.of(
          ReplyCode.ACCESS_REFUSED,
          method,
          "cannot publish to internal exchange '%s' in vhost '%s'; publish to one bound to it"
              .formatted(exchange, connection.host().name()));
    }
    checkedRouting = routing;
    checkedIdentities = identities;
    checkedExchange = exchange;
  }

  @SuppressWarnings("ReferenceEquality") // the engine hands out the same objects for the same bytes
  private Prepared prepare(BasicMethod.Publish method, byte[] raw) {
    if (lastPrepared != null && method == lastMethod && raw == lastProperties) {
      return lastPrepared;
    }
    BasicProperties properties = new BasicProperties(raw);
    checkUser(properties, method);
    Prepared prepared =
        new Prepared(
            new Envelope(
                new Address(method.exchange(), method.routingKey()),
                properties.isPersistent(),
                Math.max(0, properties.priority()),
                SupportedArguments.timeToLiveMillis(properties, method)),
            MessageFormat.withoutBcc(properties),
            MessageFormat.headersOf(properties),
            MessageFormat.furtherKeys(properties, method));
    lastMethod = method;
    lastProperties = raw;
    lastPrepared = prepared;
    return prepared;
  }

  private void checkUser(BasicProperties properties, Method method) {
    String claimed = properties.userId();
    if (claimed == null || claimed.equals(connection.user())) {
      return;
    }
    User user = connection.permissions().identities().user(connection.user());
    if (user == null || !user.tags().contains(IMPERSONATOR_TAG)) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "user_id property set to '%s' but authenticated user was '%s'; leave it out, or set your own"
              .formatted(claimed, connection.user()));
    }
  }

  private Command.Publish route(Message message, Prepared prepared, boolean mandatory) {
    Targets targets = connection.targets();
    if (prepared.furtherKeys.isEmpty()) {
      return connection
          .host()
          .route(connection.id(), message, prepared.headers, mandatory, targets);
    }
    Address address = prepared.envelope.address();
    RoutingTable routing = connection.host().routing();
    targets.clear();
    routing.route(address, prepared.headers, targets);
    for (String key : prepared.furtherKeys) {
      routing.route(new Address(address.exchange(), key), prepared.headers, targets);
    }
    return new Command.Publish(connection.id(), message, targets.toArray(), mandatory);
  }

  // ---- outcomes ------------------------------------------------------------------------------

  @Override
  public void onAccepted(long tag) {
    if (tag > 0 && channel.isOpen() && confirms.gather(tag)) {
      connection.confirmLater(this);
    }
  }

  @Override
  public void onRejected(long tag) {
    if (tag > 0 && channel.isOpen()) {
      confirms.reject(tag, connection.encoder());
    }
  }

  @Override
  public void onReturned(long tag, Message message) {
    if (!channel.isOpen()) {
      return;
    }
    Address address = message.envelope().address();
    byte[] properties = Amqp091Encoding.properties(message);
    if (connection.encoder().headerFits(properties.length)) {
      connection
          .encoder()
          .content(
              channel.number(),
              new BasicMethod.Return(
                  ReplyCode.NO_ROUTE.code(), "NO_ROUTE", address.exchange(), address.key()),
              properties,
              Amqp091Encoding.body(message));
    }
  }

  /** Sends the confirms that were gathered. */
  void flushConfirms() {
    if (channel.isOpen()) {
      confirms.flush(connection.encoder());
    }
  }

  // ---- confirm and tx ------------------------------------------------------------------------

  void selectConfirms(Method method) {
    if (transaction != null) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "cannot switch from tx to confirm mode on channel %d; use another channel"
              .formatted(channel.number()));
    }
    confirms.select();
  }

  void selectTransactions(Method method) {
    if (confirms.isSelected()) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "cannot switch from confirm to tx mode on channel %d; use another channel"
              .formatted(channel.number()));
    }
    if (transaction == null) {
      transaction = new Transaction(connection.limits(), connection.budget());
    }
  }

  /** Whether settlements wait for a commit. */
  boolean isTransactional() {
    return transaction != null;
  }

  /** Raises 406 when the transaction would have too many operations with so many settlements. */
  void checkSettlements(int settlements, Method method) {
    if (transaction != null) {
      transaction.checkOperations(settlements, method);
    }
  }

  /** Hands over all that was held back since the last commit, as one command. */
  void commit(TxMethod.Commit method, Unsettled unsettled) {
    Transaction current = requireTransaction(method);
    List<Command.Settle> settles = Transaction.settles(connection.id(), unsettled);
    List<Command.Publish> publishes = current.take();
    long request = channel.request(method, false, reply -> channel.send(new TxMethod.CommitOk()));
    connection.commit(this, new Command.Commit(connection.id(), request, publishes, settles));
  }

  /** Drops the publishes since the last commit. */
  void rollback(TxMethod.Rollback method) {
    requireTransaction(method).clear();
  }

  private Transaction requireTransaction(Method method) {
    if (transaction == null) {
      throw Errors.of(
          ReplyCode.PRECONDITION_FAILED,
          method,
          "channel %d is not transactional; select transactions with tx.select first"
              .formatted(channel.number()));
    }
    return transaction;
  }

  /** The channel closes: drops what has not been handed over. */
  void release() {
    if (transaction != null) {
      transaction.clear();
    }
    if (held != null) {
      connection.releaseBody(held.reservedBytes);
      held = null;
      connection.resume(Pause.DEFINITIONS);
    }
  }
}
