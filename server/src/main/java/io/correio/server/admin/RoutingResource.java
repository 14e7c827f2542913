package io.correio.server.admin;

import io.correio.core.manager.VirtualHost;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/**
 * {@code /api/exchanges[/VHOST[/NAME]]} and {@code /api/bindings[/VHOST]}: what the routing tables
 * hold. Thread-safe.
 */
final class RoutingResource {

  private record Listed<T>(String virtualHost, T value) {}

  private final Administered broker;

  RoutingResource(Administered broker) {
    this.broker = broker;
  }

  Answer exchanges(Request request) throws ApiException {
    QueuesResource.requireGet(request);
    if (request.length() == 3) {
      VirtualHost host = QueuesResource.host(broker, request.part(1));
      ExchangeDefinition exchange = host.routing().exchange(request.part(2));
      if (exchange == null) {
        throw ApiException.notFound(
            "there is no exchange '%s' in virtual host '%s'"
                .formatted(request.part(2), host.name()));
      }
      return Answer.of(json -> write(json, new Listed<>(host.name(), exchange)));
    }
    List<Listed<ExchangeDefinition>> exchanges = new ArrayList<>();
    for (VirtualHost host : hosts(request)) {
      host.routing().forEachExchange(each -> exchanges.add(new Listed<>(host.name(), each)));
    }
    exchanges.sort(
        Comparator.comparing(Listed<ExchangeDefinition>::virtualHost)
            .thenComparing(listed -> listed.value().name()));
    return Answer.list(exchanges, RoutingResource::write);
  }

  Answer bindings(Request request) throws ApiException {
    QueuesResource.requireGet(request);
    List<Listed<Binding>> bindings = new ArrayList<>();
    for (VirtualHost host : hosts(request)) {
      host.routing().forEachBinding(each -> bindings.add(new Listed<>(host.name(), each)));
    }
    return Answer.list(
        bindings, (json, listed) -> write(json, listed.virtualHost(), listed.value()));
  }

  private List<VirtualHost> hosts(Request request) throws ApiException {
    return switch (request.length()) {
      case 1 -> broker.manager().virtualHosts();
      case 2 -> List.of(QueuesResource.host(broker, request.part(1)));
      default -> throw ApiException.notFound("there is nothing at " + request.text());
    };
  }

  private static void write(JsonGenerator json, Listed<ExchangeDefinition> listed) {
    ExchangeDefinition exchange = listed.value();
    json.writeStartObject();
    json.writeStringProperty("name", exchange.name());
    json.writeStringProperty("vhost", listed.virtualHost());
    json.writeStringProperty("type", exchange.type().wireName());
    json.writeBooleanProperty("durable", exchange.durable());
    json.writeBooleanProperty("auto_delete", exchange.autoDelete());
    json.writeBooleanProperty("internal", exchange.internal());
    Json.arguments(json, "arguments", exchange.arguments());
    json.writeEndObject();
  }

  static void write(JsonGenerator json, String virtualHost, Binding binding) {
    json.writeStartObject();
    json.writeStringProperty("source", binding.source());
    json.writeStringProperty("vhost", virtualHost);
    json.writeStringProperty("destination", binding.destination().name());
    json.writeStringProperty(
        "destination_type",
        binding.destination() instanceof Destination.ToQueue ? "queue" : "exchange");
    json.writeStringProperty("routing_key", binding.key());
    Json.arguments(json, "arguments", binding.arguments());
    json.writeEndObject();
  }
}
