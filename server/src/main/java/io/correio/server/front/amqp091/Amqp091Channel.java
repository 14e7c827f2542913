package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.AccessMethod;
import io.correio.amqp.v091.method.BasicMethod;
import io.correio.amqp.v091.method.ChannelMethod;
import io.correio.amqp.v091.method.ConfirmMethod;
import io.correio.amqp.v091.method.ConnectionMethod;
import io.correio.amqp.v091.method.ContentMethod;
import io.correio.amqp.v091.method.ExchangeMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.method.TxMethod;
import io.correio.amqp.v091.wire.AmqpException;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.queue.Command;
import io.correio.core.queue.Reply;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel: takes the methods of its client and answers them in their order. Owned by the
 * connection's loop; lives from {@code channel.open} to the end of the close handshake.
 *
 * <pre>
 *   OPEN ──channel.close received──▶ RELEASING ──core has done all that came before──▶ CLOSED
 *    │                                                          (close-ok is sent)       ▲
 *    └──error: channel.close sent──▶ CLOSING ──────────close-ok received─────────────────┘
 * </pre>
 *
 * <p>In CLOSING everything but close and close-ok is discarded. What the channel holds in the core
 * is given back when it leaves OPEN.
 */
final class Amqp091Channel {
  private static final Logger LOG = LoggerFactory.getLogger(Amqp091Channel.class);

  private enum State {
    OPEN,
    RELEASING,
    CLOSING,
    CLOSED
  }

  private final OpenConnection connection;
  private final int number;
  private final ChannelDefinitions definitions;
  private final ChannelPublishing publishing;
  private final ChannelConsuming consuming;
  private State state = State.OPEN;
  private int openRequests;
  private int openDefinitions;

  Amqp091Channel(OpenConnection connection, int number) {
    this.connection = connection;
    this.number = number;
    this.definitions = new ChannelDefinitions(connection, this);
    this.publishing = new ChannelPublishing(connection, this);
    this.consuming = new ChannelConsuming(connection, this);
  }

  int number() {
    return number;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  ChannelPublishing publishing() {
    return publishing;
  }

  ChannelConsuming consuming() {
    return consuming;
  }

  ChannelDefinitions definitions() {
    return definitions;
  }

  /** Whether commands are under way that routing depends on. */
  boolean awaitsDefinitions() {
    return openDefinitions > 0;
  }

  // ---- from the client -----------------------------------------------------------------------

  /** Takes a method without content. */
  void onMethod(Method method) {
    if (state == State.OPEN) {
      try {
        dispatch(method);
      } catch (AmqpException e) {
        onError(e);
      }
    } else if (method instanceof ChannelMethod.CloseOk) {
      if (state == State.CLOSING) {
        close();
      }
    } else if (method instanceof ChannelMethod.Close) {
      connection.encoder().method(number, new ChannelMethod.CloseOk());
    }
  }

  /** A content is announced; returns whether it is wanted. */
  boolean onContentHeader(ContentMethod method, long bodySize) {
    if (state != State.OPEN) {
      return false;
    }
    if (!(method instanceof BasicMethod.Publish publish)) {
      throw notForClients(method);
    }
    try {
      publishing.onHeader(publish, bodySize);
    } catch (AmqpException e) {
      onError(e);
    }
    return state == State.OPEN;
  }

  /** Takes a method with its content. */
  void onContent(ContentMethod method, byte[] properties, byte[] body) {
    if (method instanceof BasicMethod.Publish publish) {
      try {
        publishing.onContent(publish, properties, body);
      } catch (AmqpException e) {
        onError(e);
      }
    }
  }

  private void dispatch(Method method) {
    switch (method) {
      case ExchangeMethod exchange -> definitions.onExchange(exchange);
      case QueueMethod queue -> definitions.onQueue(queue);
      case BasicMethod basic -> consuming.onBasic(basic);
      case TxMethod tx -> onTx(tx);
      case ConfirmMethod confirm -> onConfirm(confirm);
      case ChannelMethod channel -> onChannel(channel);
      case AccessMethod.Request request -> answer(request, new AccessMethod.RequestOk(1));
      case AccessMethod access -> throw notForClients(access);
      case ConnectionMethod misplaced -> throw notForClients(misplaced);
    }
  }

  private void onChannel(ChannelMethod method) {
    switch (method) {
      case ChannelMethod.Open open ->
          throw Errors.of(
              ReplyCode.CHANNEL_ERROR,
              open,
              "second 'channel.open' seen on channel %d; choose another number".formatted(number));
      case ChannelMethod.Close close -> onClose(close);
      case ChannelMethod.CloseOk ignored -> {}
      case ChannelMethod.Flow flow -> consuming.onFlow(flow);
      case ChannelMethod.FlowOk ignored -> {}
      case ChannelMethod.OpenOk misplaced -> throw notForClients(misplaced);
    }
  }

  private void onTx(TxMethod method) {
    switch (method) {
      case TxMethod.Select select -> {
        publishing.selectTransactions(select);
        answer(select, new TxMethod.SelectOk());
      }
      case TxMethod.Commit commit -> publishing.commit(commit, consuming.unsettled());
      case TxMethod.Rollback rollback -> {
        publishing.rollback(rollback);
        consuming.unsettled().rollback();
        answer(rollback, new TxMethod.RollbackOk());
      }
      default -> throw notForClients(method);
    }
  }

  private void onConfirm(ConfirmMethod method) {
    if (!(method instanceof ConfirmMethod.Select select)) {
      throw notForClients(method);
    }
    publishing.selectConfirms(select);
    if (!select.noWait()) {
      answer(select, new ConfirmMethod.SelectOk());
    }
  }

  private void onClose(ChannelMethod.Close method) {
    state = State.RELEASING;
    release();
    // The answer of the last command is a barrier: what was asked before is done and durable.
    consuming.resetPool(
        request(
            method,
            false,
            reply -> {
              connection.encoder().method(number, new ChannelMethod.CloseOk());
              close();
            }));
  }

  // ---- requests ------------------------------------------------------------------------------

  /**
   * Notes a request of this channel and returns its number for the command.
   *
   * @param isDefinition whether a publish that follows depends on it
   * @param onDone takes any reply but a refusal, which closes the channel
   */
  long request(Method method, boolean isDefinition, Consumer<Reply> onDone) {
    openRequests++;
    openDefinitions += isDefinition ? 1 : 0;
    return connection.requests().add(new Requests.Request(this, method, isDefinition, onDone));
  }

  /** A request of this channel was answered. */
  void onReply(Requests.Request request, Reply reply) {
    answered(request);
    if (reply instanceof Reply.Refused refused) {
      if (isOpen()) {
        fail(Errors.refused(refused.refusal(), request.method()));
      }
    } else {
      request.onDone().accept(reply);
    }
    if (isOpen() && openDefinitions == 0) {
      try {
        publishing.resume();
      } catch (AmqpException e) {
        onError(e);
      }
    }
  }

  /** A request of this channel was answered by other means than a reply. */
  void answered(Requests.Request request) {
    openRequests--;
    openDefinitions -= request.isDefinition() ? 1 : 0;
  }

  /** Sends a method, unless the channel is closing. */
  void send(Method method) {
    if (isOpen()) {
      connection.encoder().method(number, method);
    }
  }

  /** Answers what needs no core, behind the answers that are still due. */
  void answer(Method asked, Method answer) {
    if (openRequests == 0) {
      send(answer);
    } else {
      consuming.submitPool(request(asked, false, reply -> send(answer)));
    }
  }

  // ---- closing -------------------------------------------------------------------------------

  /** Closes the channel for an error; one that concerns the connection is thrown on. */
  void fail(AmqpException error) {
    if (error.level() == ReplyCode.Level.CONNECTION) {
      throw error;
    }
    LOG.info("{}, channel {}: closed: {}", connection.peer(), number, error.getMessage());
    connection
        .encoder()
        .method(
            number,
            new ChannelMethod.Close(
                error.replyCode().code(), error.replyText(), error.classId(), error.methodId()));
    state = State.CLOSING;
    release();
    consuming.resetPool(Command.NO_REPLY);
  }

  private void onError(AmqpException error) {
    if (isOpen() || error.level() == ReplyCode.Level.CONNECTION) {
      fail(error);
    }
  }

  private void release() {
    consuming.release();
    publishing.release();
  }

  private void close() {
    state = State.CLOSED;
    connection.remove(this);
  }

  static AmqpException notForClients(Method method) {
    return Errors.of(
        ReplyCode.COMMAND_INVALID, method, method.protocolName() + " is not for clients to send");
  }
}
