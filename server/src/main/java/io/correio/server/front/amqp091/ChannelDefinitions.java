package io.correio.server.front.amqp091;

import io.correio.amqp.v091.method.ExchangeMethod;
import io.correio.amqp.v091.method.Method;
import io.correio.amqp.v091.method.QueueMethod;
import io.correio.amqp.v091.wire.ReplyCode;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.queue.Reply;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import io.correio.server.front.GeneratedNames;
import io.correio.server.front.amqp091.Permissions.Resource;

/** Classes exchange and queue on one channel. Owned by the connection's loop. */
final class ChannelDefinitions {
  private static final String RESERVED_PREFIX = "amq.";

  private final OpenConnection connection;
  private final Amqp091Channel channel;
  private String lastQueue = "";

  ChannelDefinitions(OpenConnection connection, Amqp091Channel channel) {
    this.connection = connection;
    this.channel = channel;
  }

  void onExchange(ExchangeMethod method) {
    switch (method) {
      case ExchangeMethod.Declare declare -> declareExchange(declare);
      case ExchangeMethod.Delete delete -> deleteExchange(delete);
      case ExchangeMethod.Bind bind -> {
        Binding binding = exchangeBinding(bind);
        connection.submit(
            new Command.Bind(connection.id(), ask(bind, new ExchangeMethod.BindOk()), binding));
      }
      case ExchangeMethod.Unbind unbind -> {
        Binding binding =
            exchangeBinding(
                new ExchangeMethod.Bind(
                    unbind.destination(),
                    unbind.source(),
                    unbind.routingKey(),
                    unbind.noWait(),
                    unbind.arguments()));
        connection.submit(
            new Command.Unbind(
                connection.id(), ask(unbind, new ExchangeMethod.UnbindOk()), binding));
      }
      default -> throw Amqp091Channel.notForClients(method);
    }
  }

  void onQueue(QueueMethod method) {
    switch (method) {
      case QueueMethod.Declare declare -> declareQueue(declare);
      case QueueMethod.Delete delete -> deleteQueue(delete);
      case QueueMethod.Purge purge -> purge(purge);
      case QueueMethod.Bind bind -> {
        Binding binding =
            queueBinding(bind, bind.queue(), bind.exchange(), bind.routingKey(), bind.arguments());
        connection.submit(
            new Command.Bind(connection.id(), ask(bind, new QueueMethod.BindOk()), binding));
      }
      case QueueMethod.Unbind unbind -> {
        Binding binding =
            queueBinding(
                unbind, unbind.queue(), unbind.exchange(), unbind.routingKey(), unbind.arguments());
        connection.submit(
            new Command.Unbind(connection.id(), ask(unbind, new QueueMethod.UnbindOk()), binding));
      }
      default -> throw Amqp091Channel.notForClients(method);
    }
  }

  /** The queue that a method means: an empty name stands for the one declared last. */
  String queueName(String name, Method method) {
    if (!name.isEmpty()) {
      return name;
    }
    if (lastQueue.isEmpty()) {
      throw Errors.of(
          ReplyCode.NOT_FOUND,
          method,
          "no previously declared queue on channel %d: name the queue, or declare one first"
              .formatted(channel.number()));
    }
    return lastQueue;
  }

  // ---- exchanges -----------------------------------------------------------------------------

  private void declareExchange(ExchangeMethod.Declare method) {
    String name = method.exchange();
    ExchangeType type = ExchangeType.DIRECT;
    Arguments arguments = Arguments.EMPTY;
    if (!method.passive()) {
      type = ExchangeType.ofWireName(method.type()).orElse(null);
      if (type == null) {
        throw Errors.of(
            ReplyCode.COMMAND_INVALID,
            method,
            "unknown exchange type '%s'; use direct, fanout, topic or headers"
                .formatted(method.type()));
      }
      checkNotDefault(name, method);
      connection.permissions().checkConfigure(Resource.EXCHANGE, name, method);
      if (connection.host().routing().exchange(name) == null) {
        checkNotReserved("exchange", name, method);
      }
      arguments = SupportedArguments.ofExchange(method.arguments(), method);
    }
    checkNotDefault(name, method);
    ExchangeDefinition definition =
        new ExchangeDefinition(
            name, type, method.durable(), method.autoDelete(), method.internal(), arguments);
    checkAlternate(definition, method);
    connection.submit(
        new Command.DeclareExchange(
            connection.id(),
            ask(method, new ExchangeMethod.DeclareOk()),
            definition,
            method.passive()));
  }

  private void checkAlternate(ExchangeDefinition definition, Method method) {
    String alternate = definition.alternateExchange();
    if (alternate != null) {
      connection.permissions().checkRead(Resource.EXCHANGE, definition.name(), method);
      connection.permissions().checkWrite(Resource.EXCHANGE, alternate, method);
    }
  }

  private void deleteExchange(ExchangeMethod.Delete method) {
    String name = method.exchange();
    checkNotDefault(name, method);
    if (name.startsWith(RESERVED_PREFIX)) {
      throw Errors.of(
          ReplyCode.ACCESS_REFUSED,
          method,
          "deletion of system %s not allowed".formatted(describe("exchange", name)));
    }
    connection.permissions().checkConfigure(Resource.EXCHANGE, name, method);
    connection.submit(
        new Command.DeleteExchange(
            connection.id(), ask(method, new ExchangeMethod.DeleteOk()), name, method.ifUnused()));
  }

  private Binding exchangeBinding(ExchangeMethod.Bind method) {
    checkNotDefault(method.destination(), method);
    checkNotDefault(method.source(), method);
    connection.permissions().checkWrite(Resource.EXCHANGE, method.destination(), method);
    connection.permissions().checkRead(Resource.EXCHANGE, method.source(), method);
    return new Binding(
        method.source(),
        new Destination.ToExchange(method.destination()),
        method.routingKey(),
        FieldValues.toArguments(method.arguments(), method));
  }

  // ---- queues --------------------------------------------------------------------------------

  private void declareQueue(QueueMethod.Declare method) {
    String name = method.queue();
    Arguments arguments = Arguments.EMPTY;
    if (method.passive()) {
      name = queueName(name, method);
    } else {
      if (name.isEmpty()) {
        name = GeneratedNames.queue();
      } else {
        checkNotReserved("queue", name, method);
      }
      connection.permissions().checkConfigure(Resource.QUEUE, name, method);
      arguments = SupportedArguments.ofQueue(method.arguments(), method);
      if (arguments.get("x-dead-letter-exchange") instanceof String exchange) {
        connection.permissions().checkRead(Resource.QUEUE, name, method);
        connection.permissions().checkWrite(Resource.EXCHANGE, exchange, method);
      }
    }
    lastQueue = name;
    long request =
        channel.request(
            method,
            true,
            reply -> {
              if (!method.noWait() && reply instanceof Reply.QueueDeclared declared) {
                channel.send(
                    new QueueMethod.DeclareOk(
                        declared.name(), count(declared.ready()), count(declared.consumers())));
              }
            });
    connection.submit(
        new Command.DeclareQueue(
            connection.id(),
            request,
            name,
            method.passive(),
            method.durable(),
            method.exclusive(),
            method.autoDelete(),
            arguments));
  }

  private void deleteQueue(QueueMethod.Delete method) {
    String name = queueName(method.queue(), method);
    connection.permissions().checkConfigure(Resource.QUEUE, name, method);
    long request =
        channel.request(
            method,
            true,
            reply -> {
              if (!method.noWait() && reply instanceof Reply.Removed removed) {
                channel.send(new QueueMethod.DeleteOk(count(removed.messages())));
              }
            });
    connection.submit(
        new Command.DeleteQueue(
            connection.id(), request, name, method.ifUnused(), method.ifEmpty()));
  }

  private void purge(QueueMethod.Purge method) {
    String name = queueName(method.queue(), method);
    connection.permissions().checkRead(Resource.QUEUE, name, method);
    long request =
        channel.request(
            method,
            false,
            reply -> {
              if (!method.noWait() && reply instanceof Reply.Removed removed) {
                channel.send(new QueueMethod.PurgeOk(count(removed.messages())));
              }
            });
    connection.submit(new Command.PurgeQueue(connection.id(), request, name));
  }

  private Binding queueBinding(
      Method method,
      String queue,
      String exchange,
      String routingKey,
      io.correio.amqp.v091.wire.FieldTable arguments) {
    String name = queueName(queue, method);
    checkNotDefault(exchange, method);
    connection.permissions().checkWrite(Resource.QUEUE, name, method);
    connection.permissions().checkRead(Resource.EXCHANGE, exchange, method);
    // Both empty: the last queue under its own name (queue.bind, rule of field routing-key).
    String key = queue.isEmpty() && routingKey.isEmpty() ? name : routingKey;
    return new Binding(
        exchange, new Destination.ToQueue(name), key, FieldValues.toArguments(arguments, method));
  }

  // ---- rules on names ------------------------------------------------------------------------

  private void checkNotDefault(String exchange, Method method) {
    if (exchange.isEmpty()) {
      throw Errors.of(
          ReplyCode.ACCESS_REFUSED,
          method,
          "operation not permitted on the default exchange: every queue is bound to it by its"
              + " name");
    }
  }

  private void checkNotReserved(String what, String name, Method method) {
    if (name.startsWith(RESERVED_PREFIX)) {
      throw Errors.of(
          ReplyCode.ACCESS_REFUSED,
          method,
          "%s name '%s' contains reserved prefix 'amq.*'; choose another name"
              .formatted(what, name));
    }
  }

  private String describe(String what, String name) {
    return "%s '%s' in vhost '%s'".formatted(what, name, connection.host().name());
  }

  /** A request whose success is told by one method, unless the client asked for silence. */
  private long ask(Method method, Method ok) {
    return channel.request(
        method,
        true,
        reply -> {
          if (!method.noWait()) {
            channel.send(ok);
          }
        });
  }

  private static long count(long messages) {
    return Math.min(messages, 0xffff_ffffL);
  }
}
