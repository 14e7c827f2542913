package io.correio.server.front.amqp091;

import io.correio.amqp.v091.FrameEncoder;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Message;
import io.correio.core.queue.Command;
import io.correio.core.queue.Effect;
import io.correio.core.queue.EffectSink;
import io.correio.core.queue.Reply;
import io.correio.core.queue.Settlement;
import io.correio.core.routing.Targets;
import io.correio.server.front.Hosts;
import io.correio.server.front.PublishLedger;
import io.correio.server.front.SettleBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a virtual host: its channels, and all that it has in the core. From {@code
 * connection.open} to {@link #close}. Owned by the connection's loop.
 */
final class OpenConnection {
  private final Amqp091Session session;
  private final long id;
  private final VirtualHost host;
  private final String user;
  private final ClientProperties client;
  private final Permissions permissions;
  private final BodyReservations bodies;
  private final SettleBatch settles;
  private final Requests requests = new Requests();
  private final PublishLedger ledger = new PublishLedger();
  private final ConsumerTable consumers = new ConsumerTable();
  private final NameCache names = new NameCache();
  private final Targets targets = new Targets();
  private final List<ChannelPublishing> confirming = new ArrayList<>();
  private @Nullable Amqp091Channel[] channels = new @Nullable Amqp091Channel[4];
  private boolean closed;

  OpenConnection(
      Amqp091Session session, VirtualHost host, String user, ClientProperties client, Hosts hosts) {
    this.session = session;
    this.id = hosts.newConnectionId();
    this.host = host;
    this.user = user;
    this.client = client;
    this.permissions = new Permissions(hosts, user, host.name());
    this.bodies = new BodyReservations(session.budget(), session::onBodyGranted);
    this.settles = new SettleBatch(id, host::submit);
  }

  /** Makes the connection known to the core. */
  void connect(EffectSink sink) {
    host.submit(new Command.Connect(id, sink));
  }

  // ---- what channels need --------------------------------------------------------------------

  long id() {
    return id;
  }

  VirtualHost host() {
    return host;
  }

  int channelCount() {
    int count = 0;
    for (Amqp091Channel channel : channels) {
      count += channel == null ? 0 : 1;
    }
    return count;
  }

  String user() {
    return user;
  }

  String peer() {
    return session.peer();
  }

  ClientProperties client() {
    return client;
  }

  Permissions permissions() {
    return permissions;
  }

  SessionLimits limits() {
    return session.limits();
  }

  BodyBudget budget() {
    return session.budget();
  }

  FrameEncoder encoder() {
    return session.encoder();
  }

  Requests requests() {
    return requests;
  }

  ConsumerTable consumers() {
    return consumers;
  }

  NameCache names() {
    return names;
  }

  /** For one call of route at a time. */
  Targets targets() {
    return targets;
  }

  /** Takes settlements, which reach the core before any later command. */
  SettleBatch settles() {
    return settles;
  }

  void pause(Pause reason) {
    session.pause(reason);
  }

  void resume(Pause reason) {
    session.resume(reason);
  }

  /** Asks the core, behind the settlements before. */
  void submit(Command command) {
    settles.flush();
    host.submit(command);
    if (requests.size() >= SessionLimits.MAX_PENDING_REQUESTS) {
      pause(Pause.REQUESTS);
    }
  }

  /** Publishes, spending credit. */
  void publish(PublishLedger.Publisher publisher, long tag, Command.Publish command, int reserved) {
    ledger.add(publisher, tag, command.message().size(), reserved);
    submit(command);
    if (ledger.isExhausted()) {
      pause(Pause.PUBLISH_CREDIT);
    }
  }

  /** Commits, spending the credit of all publishes in it. */
  void commit(PublishLedger.Publisher publisher, Command.Commit command) {
    for (Command.Publish publish : command.publishes()) {
      ledger.add(publisher, 0, publish.message().size(), 0);
    }
    submit(command);
    if (ledger.isExhausted()) {
      pause(Pause.PUBLISH_CREDIT);
    }
  }

  /** Number of a request whose answer frees a consumer's number. */
  long requestRemoval(ConsumerEntry entry) {
    Method cancel = new BasicMethod.Cancel(entry.tag, true);
    return requests.add(
        new Requests.Request(null, cancel, false, reply -> consumers.remove(entry)));
  }

  /** The channel has confirms to send when the present batch of effects is done. */
  void confirmLater(ChannelPublishing channel) {
    confirming.add(channel);
  }

  /** Makes room for an announced body, or pauses until there is. */
  void beginBody(BodyReservations.Body body, int size, Method method) {
    if (!bodies.begin(body, size, method)) {
      pause(Pause.BODY_BUDGET);
    }
  }

  /** A body is complete; returns what it holds of the budget. */
  int endBody(BodyReservations.Body body) {
    return bodies.end(body);
  }

  void releaseBody(long bytes) {
    if (bytes > 0) {
      session.budget().release(bytes);
    }
  }

  /** What was waited for is reserved. */
  void onBodyGranted() {
    bodies.onGranted();
    resume(Pause.BODY_BUDGET);
  }

  /**
   * Time has passed.
   *
   * @param heldUp whether the peer is not read for a reason of the server's own
   * @param storedBytes of incomplete bodies, as far as they have come
   * @throws AmqpException 320 when the user has been deleted since the login, or what {@link
   *     BodyReservations#onTick} says
   */
  void onTick(long nowMillis, boolean heldUp, LongSupplier storedBytes) {
    if (permissions.identities().user(user) == null) {
      throw new AmqpException(
          ReplyCode.CONNECTION_FORCED,
          "broker forced connection closure with reason 'user '%s' was deleted'".formatted(user),
          0,
          0);
    }
    bodies.onTick(nowMillis, heldUp, storedBytes);
  }

  long pendingBytes() {
    return session.pendingBytes();
  }

  /** A message was written since so many bytes were pending. */
  void wroteMessage(long pendingBefore, Message message) {
    long pending = session.pendingBytes();
    session.account().wroteMessage(pending, pending - pendingBefore, message.size());
  }

  /** A message that cannot be handed to the client is ready again. */
  void giveBack(long lane, long sequence, Message message) {
    settles.settle(lane, sequence, Settlement.RETURNED);
    session.account().dropped(message.size());
  }

  /** Reports to the core what has left for the peer. */
  void reportDrained() {
    long units = closed ? 0 : session.account().takeReport();
    if (units > 0) {
      submit(new Command.Drained(id, units));
    }
  }

  // ---- from the client -----------------------------------------------------------------------

  void onMethod(int number, Method method) {
    Amqp091Channel channel = channel(number);
    if (channel != null) {
      channel.onMethod(method);
    } else if (method instanceof ChannelMethod.Open) {
      open(number);
    } else if (!(method instanceof ChannelMethod.CloseOk)) {
      throw notOpen(number, method);
    }
  }

  boolean onContentHeader(int number, ContentMethod method, long bodySize) {
    Amqp091Channel channel = channel(number);
    if (channel == null) {
      throw notOpen(number, method);
    }
    return channel.onContentHeader(method, bodySize);
  }

  void onContent(int number, ContentMethod method, byte[] properties, byte[] body) {
    Amqp091Channel channel = channel(number);
    if (channel != null) {
      channel.onContent(method, properties, body);
    }
  }

  /** All that was read for now is handled. */
  void onReadDone() {
    settles.flush();
  }

  private void open(int number) {
    if (number >= channels.length) {
      channels = Arrays.copyOf(channels, Math.max(number + 1, 2 * channels.length));
    }
    channels[number] = new Amqp091Channel(this, number);
    encoder().method(number, new ChannelMethod.OpenOk());
  }

  void remove(Amqp091Channel channel) {
    channels[channel.number()] = null;
    session.channelClosed(channel.number());
  }

  private @Nullable Amqp091Channel channel(int number) {
    return number < channels.length ? channels[number] : null;
  }

  private static AmqpException notOpen(int number, Method method) {
    return Errors.of(
        ReplyCode.CHANNEL_ERROR,
        method,
        "expected 'channel.open' on channel %d, not %s".formatted(number, method.protocolName()));
  }

  // ---- from the core -------------------------------------------------------------------------

  /** Takes an effect. */
  void onEffect(Effect effect) {
    switch (effect) {
      case Effect.Delivered delivered -> onDelivered(delivered);
      case Effect.Accepted accepted -> onSettled(ledger.accepted(accepted.number()));
      case Effect.Rejected rejected -> onSettled(ledger.rejected(rejected.number()));
      case Effect.Returned returned -> {
        PublishLedger.Publisher publisher = ledger.publisher(returned.number());
        if (publisher != null) {
          publisher.onReturned(ledger.tag(returned.number()), returned.message());
        }
      }
      case Effect.Taken taken -> onTaken(taken);
      case Effect.Replied replied -> onReplied(replied);
      case Effect.ConsumerCancelled cancelled -> {
        ConsumerEntry entry = consumers.get(cancelled.consumer());
        if (entry != null) {
          entry.channel.consuming().onCancelled(entry);
        }
      }
      case Effect.Blocked blocked -> {
        if (client.connectionBlocked()) {
          encoder().method(0, new ConnectionMethod.Blocked(blocked.reason()));
        }
      }
      case Effect.Unblocked ignored -> {
        if (client.connectionBlocked()) {
          encoder().method(0, new ConnectionMethod.Unblocked());
        }
      }
    }
  }

  /** All effects that waited are handled. */
  void onEffectsDone() {
    flushConfirms();
    reportDrained();
    settles.flush();
  }

  private void flushConfirms() {
    for (int i = 0; i < confirming.size(); i++) {
      confirming.get(i).flushConfirms();
    }
    confirming.clear();
  }

  private void onDelivered(Effect.Delivered delivered) {
    ConsumerEntry entry = consumers.get(delivered.consumer());
    if (entry != null && entry.takesDeliveries() && entry.channel.isOpen()) {
      entry.channel.consuming().deliver(entry, delivered);
    } else {
      giveBack(delivered.lane(), delivered.sequence(), delivered.message());
    }
  }

  private void onTaken(Effect.Taken taken) {
    Requests.Request request = requests.remove(taken.request());
    if (request != null
        && request.channel() != null
        && request.method() instanceof BasicMethod.Get get) {
      request.channel().answered(request);
      request.channel().consuming().onTaken(get, taken);
    } else {
      giveBack(taken.lane(), taken.sequence(), taken.message());
    }
    onAnswered();
  }

  private void onReplied(Effect.Replied replied) {
    // Confirms of publishes before the request come before its answer, as they were asked.
    flushConfirms();
    Requests.Request request = requests.remove(replied.request());
    if (request == null) {
      return;
    }
    Amqp091Channel channel = request.channel();
    if (channel != null) {
      channel.onReply(request, replied.reply());
    } else if (!(replied.reply() instanceof Reply.Refused)) {
      request.onDone().accept(replied.reply());
    }
    onAnswered();
  }

  private void onAnswered() {
    if (requests.size() < SessionLimits.MAX_PENDING_REQUESTS / 2) {
      resume(Pause.REQUESTS);
    }
  }

  private void onSettled(long released) {
    releaseBody(released);
    if (!ledger.isExhausted()) {
      resume(Pause.PUBLISH_CREDIT);
    }
  }

  // ---- closing -------------------------------------------------------------------------------

  /** Calls back when all that the connection has asked for so far is done and durable. */
  void afterAllBefore(ConnectionMethod.Close method, Runnable done) {
    for (Amqp091Channel channel : channels) {
      if (channel != null && channel.isOpen()) {
        channel.consuming().release();
        channel.publishing().release();
      }
    }
    long request = requests.add(new Requests.Request(null, method, false, reply -> done.run()));
    submit(new Command.LimitPool(id, request, 0, Command.UNLIMITED, true));
  }

  /** Gives back all that the connection holds. Idempotent. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Amqp091Channel channel : channels) {
      if (channel != null) {
        channel.publishing().release();
      }
    }
    settles.flush();
    releaseBody(ledger.clear());
    bodies.close();
    requests.clear();
    confirming.clear();
    host.submit(new Command.Disconnect(id));
  }
}
