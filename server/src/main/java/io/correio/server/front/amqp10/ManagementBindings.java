package io.correio.server.front.amqp10;

import io.correio.core.message.Arguments;
import io.correio.core.queue.Command;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /bindings} of the management node. Owned by the connection's loop. */
final class ManagementBindings {

  private static final String TO_QUEUE = "destination_queue";
  private static final String TO_EXCHANGE = "destination_exchange";
  private static final Set<String> FIELDS =
      Set.of("source", TO_QUEUE, TO_EXCHANGE, "binding_key", "arguments");

  /** Bindings that one answer holds at most. */
  private static final int MAX_LISTED = 1_000;

  private final ManagementOperations operations;
  private final OpenConnection connection;
  private final ManagementAccess access;

  ManagementBindings(
      ManagementOperations operations, OpenConnection connection, ManagementAccess access) {
    this.operations = operations;
    this.connection = connection;
    this.access = access;
  }

  void perform(ManagementCall call, ManagementOperations.Answer answer)
      throws ManagementCall.Failure {
    if (call.path().size() == 1) {
      ManagementOperations.require(call, "GET", "POST");
      if (call.method().equals("GET")) {
        answer.give(ManagementOperations.OK, list(call.query()));
      } else {
        bind(call, answer);
      }
    } else {
      ManagementOperations.require(call, "DELETE");
      unbind(call.path().get(1), answer);
    }
  }

  private void bind(ManagementCall call, ManagementOperations.Answer answer)
      throws ManagementCall.Failure {
    call.checkFields(FIELDS);
    String queue = call.text(TO_QUEUE, "");
    String exchange = call.text(TO_EXCHANGE, "");
    if (queue.isEmpty() == exchange.isEmpty()) {
      throw ManagementCall.bad("a binding leads to one of " + TO_QUEUE + " and " + TO_EXCHANGE);
    }
    Binding binding;
    try {
      binding =
          new Binding(
              call.text("source", null),
              destination(queue, exchange),
              call.text("binding_key", ""),
              call.arguments());
    } catch (IllegalArgumentException e) {
      throw ManagementCall.bad(String.valueOf(e.getMessage()));
    }
    check(binding);
    operations.ask(
        request -> new Command.Bind(connection.id(), request, binding),
        answer,
        ManagementOperations.NO_CONTENT);
  }

  private static Destination destination(String queue, String exchange) {
    return queue.isEmpty() ? new Destination.ToExchange(exchange) : new Destination.ToQueue(queue);
  }

  private void check(Binding binding) throws ManagementCall.Failure {
    access.checkNotDefault(binding.source());
    String what = binding.destination() instanceof Destination.ToQueue ? "queue" : "exchange";
    access.checkWrite(what, binding.destination().name());
    access.checkRead("exchange", binding.source());
  }

  /** The bindings of a query {@code src, dstq or dste, key}, which differ in their arguments. */
  private List<Binding> find(Map<String, String> query) throws ManagementCall.Failure {
    String source = query.get("src");
    String key = query.get("key");
    String queue = query.getOrDefault("dstq", "");
    String exchange = query.getOrDefault("dste", "");
    if (source == null || key == null || queue.isEmpty() == exchange.isEmpty()) {
      throw ManagementCall.bad("bindings are named by src, one of dstq and dste, and key");
    }
    List<Binding> found = new ArrayList<>();
    for (Binding each : connection.host().routing().bindingsTo(destination(queue, exchange))) {
      if (each.source().equals(source) && each.key().equals(key)) {
        found.add(each);
      }
    }
    return found;
  }

  private List<Map<String, @Nullable Object>> list(Map<String, String> query)
      throws ManagementCall.Failure {
    List<Binding> found = find(query);
    if (found.size() > MAX_LISTED) {
      throw ManagementCall.bad(
          "more than %d bindings differ in their arguments alone; list them by the HTTP API"
              .formatted(MAX_LISTED));
    }
    List<Map<String, @Nullable Object>> list = new ArrayList<>();
    for (Binding binding : found) {
      boolean toQueue = binding.destination() instanceof Destination.ToQueue;
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      map.put("source", binding.source());
      map.put(toQueue ? TO_QUEUE : TO_EXCHANGE, binding.destination().name());
      map.put("binding_key", binding.key());
      map.put("arguments", ManagementValues.map(binding.arguments()));
      map.put("location", location(binding, toQueue));
      list.add(map);
    }
    return list;
  }

  private static String location(Binding binding, boolean toQueue) {
    return "/bindings/src=%s;%s=%s;key=%s;args=%s"
        .formatted(
            encoded(binding.source()),
            toQueue ? "dstq" : "dste",
            encoded(binding.destination().name()),
            encoded(binding.key()),
            name(binding.arguments()));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("*", "%2A");
  }

  /** Arguments in the name of a binding: nothing for none. */
  private static String name(Arguments arguments) {
    return arguments.isEmpty() ? "" : Integer.toHexString(arguments.hashCode());
  }

  private void unbind(String segment, ManagementOperations.Answer answer)
      throws ManagementCall.Failure {
    Map<String, String> query = new HashMap<>();
    for (String part : segment.split(";", -1)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        query.put(part.substring(0, equals), ManagementCall.decoded(part.substring(equals + 1)));
      }
    }
    String arguments = query.getOrDefault("args", "");
    for (Binding binding : find(query)) {
      if (name(binding.arguments()).equals(arguments)) {
        check(binding);
        operations.ask(
            request -> new Command.Unbind(connection.id(), request, binding),
            answer,
            ManagementOperations.NO_CONTENT);
        return;
      }
    }
    // There is none: the same as if it had just gone, once the names are the user's to use.
    check(
        new Binding(
            query.getOrDefault("src", ""),
            destination(query.getOrDefault("dstq", ""), query.getOrDefault("dste", "")),
            "",
            Arguments.EMPTY));
    answer.give(ManagementOperations.NO_CONTENT, null);
  }
}
