package io.correio.server.admin;

import io.correio.core.manager.Requests;
import io.correio.core.manager.VirtualHost;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.queue.QueueStatistics;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import io.correio.core.routing.Destination;
import io.correio.core.routing.QueueDefinition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** {@code /api/queues[/VHOST[/NAME[/bindings|/contents]]]}. Thread-safe. */
final class QueuesResource {

  private record Listed(String virtualHost, QueueStatistics statistics) {}

  private final Administered broker;

  QueuesResource(Administered broker) {
    this.broker = broker;
  }

  Answer answer(Request request) throws ApiException, IOException {
    return switch (request.length()) {
      case 1 -> list(request, broker.manager().virtualHosts());
      case 2 -> list(request, List.of(host(broker, request.part(1))));
      case 3 -> one(request, host(broker, request.part(1)), request.part(2));
      case 4 -> part(request, host(broker, request.part(1)), request.part(2));
      default -> throw ApiException.notFound("there is nothing at " + request.text());
    };
  }

  /** A virtual host that exists. */
  static VirtualHost host(Administered broker, String name) throws ApiException {
    VirtualHost host = broker.manager().virtualHost(name);
    if (host == null) {
      throw ApiException.notFound(
          "there is no virtual host '%s'; create it with PUT /api/vhosts/NAME".formatted(name));
    }
    return host;
  }

  private Answer list(Request request, List<VirtualHost> hosts) throws ApiException, IOException {
    requireGet(request);
    List<Listed> queues = new ArrayList<>();
    for (VirtualHost host : hosts) {
      for (QueueStatistics queue : broker.manager().queues(host.name())) {
        queues.add(new Listed(host.name(), queue));
      }
    }
    return Answer.list(queues, this::write);
  }

  static void requireGet(Request request) throws ApiException {
    if (!request.method().equals("GET")) {
      throw ApiException.notAllowed(request.method(), request.text(), "GET");
    }
  }

  private Answer one(Request request, VirtualHost host, String name)
      throws ApiException, IOException {
    return switch (request.method()) {
      case "GET" -> get(host, name);
      case "PUT" -> put(host, name, request.object());
      case "DELETE" -> delete(request, host, name);
      default ->
          throw ApiException.notAllowed(request.method(), request.text(), "GET, PUT or DELETE");
    };
  }

  private Answer get(VirtualHost host, String name) throws ApiException, IOException {
    QueueDefinition definition = definition(host, name);
    Reply reply =
        broker
            .manager()
            .ask(
                host.name(),
                (connection, number) ->
                    new Command.Inspect(connection, number, new long[] {definition.id()}));
    if (reply instanceof Reply.Queues(List<QueueStatistics> queues) && !queues.isEmpty()) {
      Listed queue = new Listed(host.name(), queues.getFirst());
      return Answer.of(json -> write(json, queue));
    }
    throw missing(host, name);
  }

  private static QueueDefinition definition(VirtualHost host, String name) throws ApiException {
    QueueDefinition definition = host.routing().queue(name);
    if (definition == null) {
      throw missing(host, name);
    }
    return definition;
  }

  private static ApiException missing(VirtualHost host, String name) {
    return ApiException.notFound(
        "there is no queue '%s' in virtual host '%s'".formatted(name, host.name()));
  }

  private Answer put(VirtualHost host, String name, Map<String, @Nullable Object> body)
      throws ApiException, IOException {
    boolean existed = host.routing().queue(name) != null;
    boolean durable = flag(body, "durable", true);
    boolean autoDelete = flag(body, "auto_delete", false);
    Arguments arguments = arguments(body);
    ask(
        host,
        (connection, number) ->
            new Command.DeclareQueue(
                connection, number, name, false, durable, false, autoDelete, arguments));
    return existed ? Answer.DONE : Answer.CREATED;
  }

  private Answer delete(Request request, VirtualHost host, String name)
      throws ApiException, IOException {
    definition(host, name); // the core counts it as deleted where it never was
    return ask(
        host,
        (connection, number) ->
            new Command.DeleteQueue(
                connection, number, name, request.flag("if-unused"), request.flag("if-empty")));
  }

  private static boolean flag(Map<String, @Nullable Object> body, String name, boolean otherwise)
      throws ApiException {
    return switch (body.get(name)) {
      case null -> otherwise;
      case Boolean value -> value;
      default -> throw ApiException.badRequest(name + " must be true or false");
    };
  }

  private static Arguments arguments(Map<String, @Nullable Object> body) throws ApiException {
    return switch (body.get("arguments")) {
      case null -> Arguments.EMPTY;
      case Map<?, ?> map -> {
        try {
          Arguments.Builder builder = Arguments.builder();
          for (Map.Entry<?, ?> entry : map.entrySet()) {
            builder.put(ownName(entry.getKey()), entry.getValue());
          }
          yield builder.build();
        } catch (IllegalArgumentException e) {
          throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
      }
      default -> throw ApiException.badRequest("arguments must be an object");
    };
  }

  /** What begins with x- has a meaning in a protocol, whose front end alone knows it. */
  private static String ownName(Object name) throws ApiException {
    String text = String.valueOf(name);
    if (text.startsWith("x-")) {
      throw ApiException.badRequest(
          "argument '%s' cannot be set here; declare the queue over AMQP".formatted(text));
    }
    return text;
  }

  private Answer part(Request request, VirtualHost host, String name)
      throws ApiException, IOException {
    String part = request.part(3);
    if (part.equals("bindings")) {
      requireGet(request);
      QueueDefinition queue = definition(host, name);
      return Answer.list(
          host.routing().bindingsTo(new Destination.ToQueue(queue.name())),
          (json, binding) -> RoutingResource.write(json, host.name(), binding));
    }
    if (part.equals("contents") && request.method().equals("DELETE")) {
      return ask(host, (connection, number) -> new Command.PurgeQueue(connection, number, name));
    }
    throw ApiException.notFound("there is nothing at " + request.text());
  }

  private Answer ask(VirtualHost host, Requests.CommandFactory command)
      throws ApiException, IOException {
    Reply reply = broker.manager().ask(host.name(), command);
    if (reply instanceof Reply.Refused(Refusal refusal)) {
      int status =
          switch (refusal.kind()) {
            case NOT_FOUND -> 404;
            case PRECONDITION, LOCKED -> 409;
            case FORBIDDEN -> 403;
            case NOT_ALLOWED, FULL, LIMIT -> 400;
          };
      throw new ApiException(
          status, refusal.kind().name().toLowerCase(java.util.Locale.ROOT), refusal.text());
    }
    return Answer.DONE;
  }

  private void write(JsonGenerator json, Listed listed) {
    QueueStatistics queue = listed.statistics();
    QueueDefinition definition = queue.definition();
    json.writeStartObject();
    json.writeStringProperty("name", definition.name());
    json.writeStringProperty("vhost", listed.virtualHost());
    json.writeStringProperty("type", "classic");
    json.writeBooleanProperty("durable", definition.durable());
    json.writeBooleanProperty("exclusive", definition.exclusive());
    json.writeBooleanProperty("auto_delete", definition.autoDelete());
    Json.arguments(json, "arguments", definition.arguments());
    json.writeStringProperty("node", broker.name());
    json.writeStringProperty("state", "running");
    json.writeNumberProperty("messages", queue.ready() + queue.unsettled());
    json.writeNumberProperty("messages_ready", queue.ready());
    json.writeNumberProperty("messages_unacknowledged", queue.unsettled());
    json.writeNumberProperty("consumers", queue.consumers());
    json.writeEndObject();
  }
}
