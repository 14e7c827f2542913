package io.correio.server.admin;

import io.correio.core.manager.VirtualHost;
import io.correio.core.queue.QueueStatistics;
import io.correio.log.LogStatistics;
import io.correio.server.front.ConnectionInfo;
import io.correio.server.front.SessionInfo;
import java.io.IOException;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** {@code /api/overview}, {@code /api/connections} and {@code /api/health}. Thread-safe. */
final class OverviewResource {

  private final Administered broker;

  OverviewResource(Administered broker) {
    this.broker = broker;
  }

  Answer overview(Request request) throws ApiException, IOException {
    QueuesResource.requireGet(request);
    long ready = 0;
    long unsettled = 0;
    long consumers = 0;
    long queues = 0;
    long exchanges = 0;
    for (VirtualHost host : broker.manager().virtualHosts()) {
      exchanges += host.routing().exchangeCount();
      for (QueueStatistics queue : broker.manager().queues(host.name())) {
        queues++;
        ready += queue.ready();
        unsettled += queue.unsettled();
        consumers += queue.consumers();
      }
    }
    List<ConnectionInfo> connections = broker.connections().get();
    long channels = 0;
    for (ConnectionInfo connection : connections) {
      channels += connection.session().channels();
    }
    long[] totals = {ready, unsettled, consumers, queues, exchanges, connections.size(), channels};
    return Answer.of(json -> writeOverview(json, totals));
  }

  private void writeOverview(JsonGenerator json, long[] totals) {
    json.writeStartObject();
    json.writeStringProperty("product_name", "Correio");
    json.writeStringProperty("product_version", broker.version());
    json.writeStringProperty("cluster_name", broker.name());
    json.writeStringProperty("node", broker.name());
    json.writeObjectPropertyStart("queue_totals");
    json.writeNumberProperty("messages", totals[0] + totals[1]);
    json.writeNumberProperty("messages_ready", totals[0]);
    json.writeNumberProperty("messages_unacknowledged", totals[1]);
    json.writeEndObject();
    json.writeObjectPropertyStart("object_totals");
    json.writeNumberProperty("consumers", totals[2]);
    json.writeNumberProperty("queues", totals[3]);
    json.writeNumberProperty("exchanges", totals[4]);
    json.writeNumberProperty("connections", totals[5]);
    json.writeNumberProperty("channels", totals[6]);
    json.writeEndObject();
    json.writeArrayPropertyStart("listeners");
    for (Administered.ListenerInfo listener : broker.listeners()) {
      json.writeStartObject();
      json.writeStringProperty("node", broker.name());
      json.writeStringProperty("protocol", listener.protocol());
      json.writeStringProperty("ip_address", listener.host());
      json.writeNumberProperty("port", listener.port());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  Answer connections(Request request) throws ApiException {
    QueuesResource.requireGet(request);
    if (request.length() != 1) {
      throw ApiException.notFound("there is nothing at " + request.text());
    }
    return Answer.list(broker.connections().get(), this::write);
  }

  private void write(JsonGenerator json, ConnectionInfo connection) {
    SessionInfo session = connection.session();
    int colon = connection.peer().lastIndexOf(':');
    json.writeStartObject();
    json.writeStringProperty("name", connection.peer());
    json.writeStringProperty("node", broker.name());
    json.writeStringProperty("peer_host", connection.peer().substring(0, Math.max(0, colon)));
    json.writeNumberProperty(
        "peer_port",
        Integer.parseInt(connection.peer(), colon + 1, connection.peer().length(), 10));
    json.writeStringProperty("protocol", session.protocol());
    json.writeStringProperty("user", session.user());
    json.writeStringProperty("vhost", session.virtualHost());
    json.writeStringProperty("user_provided_name", session.clientName());
    json.writeNumberProperty("channels", session.channels());
    json.writeStringProperty("state", connection.state());
    json.writeBooleanProperty("ssl", connection.secure());
    json.writeNumberProperty("connected_at", connection.connectedAtMillis());
    json.writeNumberProperty("recv_oct", connection.receivedBytes());
    json.writeNumberProperty("send_oct", connection.sentBytes());
    json.writeEndObject();
  }

  /** Whether everything works; says no word more, for it asks for no login. */
  Answer health() {
    boolean roomShort = false;
    for (VirtualHost host : broker.manager().virtualHosts()) {
      LogStatistics log = broker.manager().statistics(host.name());
      roomShort |= log != null && log.roomShort();
    }
    boolean waiting = roomShort;
    return new Answer(
        waiting ? 503 : 200,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("status", waiting ? "failed" : "ok");
          if (waiting) {
            json.writeStringProperty("reason", "the disk has no room: publishers wait");
          }
          json.writeEndObject();
        });
  }
}
