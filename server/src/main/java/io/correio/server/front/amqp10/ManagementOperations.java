package io.correio.server.front.amqp10;

import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.queue.QueueStatistics;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import io.correio.core.routing.QueueDefinition;
import io.correio.server.front.DeclaredArguments;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.apache.qpid.protonj2.types.UnsignedInteger;
import org.apache.qpid.protonj2.types.UnsignedLong;
import org.jspecify.annotations.Nullable;

/**
 * What the management node does, in the forms of RabbitMQ 4. Owned by the connection's loop.
 *
 * <pre>
 *   GET     /queues/:queue                     200 a map
 *   PUT     /queues/:queue                     201 made, 200 there and alike, 409 there and different
 *   DELETE  /queues/:queue                     200 how many messages were in it
 *   DELETE  /queues/:queue/messages            200 how many messages were in it: purged
 *   GET     /exchanges/:exchange               200 a map
 *   PUT     /exchanges/:exchange               204, 409 there and different
 *   DELETE  /exchanges/:exchange               204
 *   POST    /bindings                          204
 *   GET     /bindings?src=&amp;dstq=|dste=&amp;key=    200 a list
 *   DELETE  /bindings/src=;dstq=|dste=;key=;args=   204
 * </pre>
 */
final class ManagementOperations {

  static final int OK = 200;
  static final int CREATED = 201;
  static final int NO_CONTENT = 204;
  static final int BAD_REQUEST = 400;
  static final int FORBIDDEN = 403;
  static final int NOT_FOUND = 404;
  static final int NOT_ALLOWED = 405;
  static final int CONFLICT = 409;

  private static final String RESERVED_PREFIX = "amq.";
  private static final int MAX_NAME_BYTES = 255;

  private static final Set<String> QUEUE_FIELDS =
      Set.of("durable", "exclusive", "auto_delete", "arguments");
  private static final Set<String> EXCHANGE_FIELDS =
      Set.of("type", "durable", "auto_delete", "internal", "arguments");

  private final OpenConnection connection;
  private final ManagementAccess access;
  private final ManagementBindings bindings;

  /** Takes the answer. */
  interface Answer {
    void give(int status, @Nullable Object body);
  }

  ManagementOperations(OpenConnection connection) {
    this.connection = connection;
    this.access = new ManagementAccess(connection);
    this.bindings = new ManagementBindings(this, connection, access);
  }

  /** Does what a request asks for, or throws why not; the answer may come later. */
  void perform(ManagementCall call, Answer answer) throws ManagementCall.Failure {
    List<String> path = call.path();
    String first = path.getFirst();
    if (first.equals("queues") && path.size() == 2) {
      queue(call, answer);
    } else if (first.equals("queues") && path.size() == 3 && path.get(2).equals("messages")) {
      require(call, "DELETE");
      purge(call.name(1), answer);
    } else if (first.equals("exchanges") && path.size() == 2) {
      exchange(call, answer);
    } else if (first.equals("bindings") && path.size() <= 2) {
      bindings.perform(call, answer);
    } else {
      throw new ManagementCall.Failure(
          NOT_FOUND, "there is nothing at /" + String.join("/", path) + "; see the documentation");
    }
  }

  static void require(ManagementCall call, String... methods) throws ManagementCall.Failure {
    if (!List.of(methods).contains(call.method())) {
      throw new ManagementCall.Failure(
          NOT_ALLOWED,
          "'%s' is no method here; use %s".formatted(call.method(), String.join(", ", methods)));
    }
  }

  /** Asks the core and answers with a status, or with the refusal. */
  void ask(LongFunction<Command> command, Answer answer, int status) {
    connection.ask(
        command,
        reply -> {
          if (reply instanceof Reply.Refused(Refusal refusal)) {
            answer.give(status(refusal), refusal.text());
          } else if (reply instanceof Reply.Removed(long messages)) {
            answer.give(status, Map.of("message_count", UnsignedLong.valueOf(messages)));
          } else {
            answer.give(status, null);
          }
        });
  }

  static int status(Refusal refusal) {
    return switch (refusal.kind()) {
      case NOT_FOUND -> NOT_FOUND;
      case PRECONDITION -> CONFLICT;
      case FORBIDDEN, FULL, LIMIT -> FORBIDDEN;
      case LOCKED, NOT_ALLOWED -> BAD_REQUEST;
    };
  }

  // ---- names ---------------------------------------------------------------------------------

  private static void checkName(String what, String name) throws ManagementCall.Failure {
    if (name.isEmpty()
        || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES
        || name.indexOf('\n') >= 0
        || name.indexOf('\r') >= 0) {
      throw ManagementCall.bad(
          "the name of %s has 1 to %d bytes and no line ends".formatted(what, MAX_NAME_BYTES));
    }
  }

  private static void checkNotReserved(String what, String name) throws ManagementCall.Failure {
    if (name.startsWith(RESERVED_PREFIX)) {
      throw new ManagementCall.Failure(
          FORBIDDEN,
          "the name of %s '%s' begins with 'amq.', which is the server's; choose another"
              .formatted(what, name));
    }
  }

  private static Arguments checked(UnaryOperator<Arguments> check, Arguments arguments)
      throws ManagementCall.Failure {
    try {
      return check.apply(arguments);
    } catch (IllegalArgumentException e) {
      throw ManagementCall.bad(String.valueOf(e.getMessage()));
    }
  }

  // ---- queues --------------------------------------------------------------------------------

  private void queue(ManagementCall call, Answer answer) throws ManagementCall.Failure {
    require(call, "GET", "PUT", "DELETE");
    String name = call.name(1);
    switch (call.method()) {
      case "GET" -> inspect(name, OK, answer);
      case "PUT" -> declareQueue(call, name, answer);
      default -> {
        access.checkConfigure("queue", name);
        ask(
            request -> new Command.DeleteQueue(connection.id(), request, name, false, false),
            answer,
            OK);
      }
    }
  }

  private void declareQueue(ManagementCall call, String name, Answer answer)
      throws ManagementCall.Failure {
    call.checkFields(QUEUE_FIELDS);
    checkName("a queue", name);
    checkNotReserved("queue", name);
    access.checkConfigure("queue", name);
    Arguments arguments = checked(DeclaredArguments::ofQueue, call.arguments());
    if (arguments.get("x-dead-letter-exchange") instanceof String exchange) {
      access.checkRead("queue", name);
      access.checkWrite("exchange", exchange);
    }
    boolean durable = call.flag("durable", true);
    boolean exclusive = call.flag("exclusive", false);
    boolean autoDelete = call.flag("auto_delete", false);
    int status = connection.host().routing().queue(name) == null ? CREATED : OK;
    connection.ask(
        request ->
            new Command.DeclareQueue(
                connection.id(), request, name, false, durable, exclusive, autoDelete, arguments),
        reply -> {
          if (reply instanceof Reply.Refused(Refusal refusal)) {
            answer.give(status(refusal), refusal.text());
          } else {
            try {
              inspect(name, status, answer);
            } catch (ManagementCall.Failure gone) {
              answer.give(gone.status(), gone.text());
            }
          }
        });
  }

  private void inspect(String name, int status, Answer answer) throws ManagementCall.Failure {
    QueueDefinition queue = connection.host().routing().queue(name);
    if (queue == null) {
      throw new ManagementCall.Failure(NOT_FOUND, noQueue(name));
    }
    connection.ask(
        request -> new Command.Inspect(connection.id(), request, new long[] {queue.id()}),
        reply -> {
          if (reply instanceof Reply.Queues(List<QueueStatistics> found) && !found.isEmpty()) {
            answer.give(status, map(found.getFirst()));
          } else {
            answer.give(NOT_FOUND, noQueue(name));
          }
        });
  }

  private String noQueue(String name) {
    return "no queue '%s' in vhost '%s'; declare it first"
        .formatted(name, connection.host().name());
  }

  private Map<String, @Nullable Object> map(QueueStatistics statistics) {
    QueueDefinition queue = statistics.definition();
    String manager = connection.limits().containerId();
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("leader", manager);
    map.put("replicas", new String[] {manager});
    map.put("message_count", UnsignedLong.valueOf(statistics.ready()));
    map.put("consumer_count", UnsignedInteger.valueOf(statistics.consumers()));
    map.put("name", queue.name());
    map.put("vhost", connection.host().name());
    map.put("durable", queue.durable());
    map.put("auto_delete", queue.autoDelete());
    map.put("exclusive", queue.exclusive());
    map.put("type", "classic");
    map.put("arguments", ManagementValues.map(queue.arguments()));
    return map;
  }

  private void purge(String name, Answer answer) throws ManagementCall.Failure {
    access.checkRead("queue", name);
    ask(request -> new Command.PurgeQueue(connection.id(), request, name), answer, OK);
  }

  // ---- exchanges -----------------------------------------------------------------------------

  private void exchange(ManagementCall call, Answer answer) throws ManagementCall.Failure {
    require(call, "GET", "PUT", "DELETE");
    String name = call.name(1);
    switch (call.method()) {
      case "GET" -> answer.give(OK, exchange(name));
      case "PUT" -> declareExchange(call, name, answer);
      default -> {
        access.checkNotDefault(name);
        checkNotReserved("exchange", name);
        access.checkConfigure("exchange", name);
        ask(
            request -> new Command.DeleteExchange(connection.id(), request, name, false),
            answer,
            NO_CONTENT);
      }
    }
  }

  private Map<String, @Nullable Object> exchange(String name) throws ManagementCall.Failure {
    ExchangeDefinition exchange = connection.host().routing().exchange(name);
    if (exchange == null) {
      throw new ManagementCall.Failure(
          NOT_FOUND,
          "no exchange '%s' in vhost '%s'; declare it first"
              .formatted(name, connection.host().name()));
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("vhost", connection.host().name());
    map.put("type", exchange.type().wireName());
    map.put("durable", exchange.durable());
    map.put("auto_delete", exchange.autoDelete());
    map.put("internal", exchange.internal());
    map.put("arguments", ManagementValues.map(exchange.arguments()));
    return map;
  }

  private void declareExchange(ManagementCall call, String name, Answer answer)
      throws ManagementCall.Failure {
    call.checkFields(EXCHANGE_FIELDS);
    access.checkNotDefault(name);
    checkName("an exchange", name);
    String word = call.text("type", "direct");
    ExchangeType type = ExchangeType.ofWireName(word).orElse(null);
    if (type == null) {
      throw ManagementCall.bad(
          "unknown exchange type '%s'; use direct, fanout, topic or headers".formatted(word));
    }
    access.checkConfigure("exchange", name);
    if (connection.host().routing().exchange(name) == null) {
      checkNotReserved("exchange", name);
    }
    ExchangeDefinition definition =
        new ExchangeDefinition(
            name,
            type,
            call.flag("durable", true),
            call.flag("auto_delete", false),
            call.flag("internal", false),
            checked(DeclaredArguments::ofExchange, call.arguments()));
    String alternate = definition.alternateExchange();
    if (alternate != null) {
      access.checkRead("exchange", name);
      access.checkWrite("exchange", alternate);
    }
    ask(
        request -> new Command.DeclareExchange(connection.id(), request, definition, false),
        answer,
        NO_CONTENT);
  }
}
