package io.correio.server.perf;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.server.client.Amqp091Client;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Declares what a run needs, and afterwards deletes what was not there before. */
final class Topology {
  private final PerfOptions options;
  private final List<String> newQueues = new ArrayList<>();

  Topology(PerfOptions options) {
    this.options = options;
  }

  /** Declares the queues, and the exchange with its bindings where there is one. */
  void declare() throws IOException {
    try (Amqp091Client client = Amqp091Client.connect(options.url(), "perf-setup")) {
      if (!options.exchange().isEmpty()) {
        client.declareExchange(options.exchange(), options.type(), options.durable());
      }
      List<String> names = options.queueNames();
      for (int index = 0; index < names.size(); index++) {
        String name = names.get(index);
        if (client.queue(name).isEmpty()) {
          client.declareQueue(name, options.durable(), FieldTable.empty());
          newQueues.add(name);
        }
        if (!options.exchange().isEmpty()) {
          client.bind(name, options.exchange(), options.bindingKey(index), FieldTable.empty());
        }
      }
    }
  }

  /**
   * Deletes the queues that {@link #declare} created, and the exchange if it was for them. Queues
   * that nobody consumed are kept: to fill them was the point.
   */
  void delete() throws IOException {
    if (options.keep() || options.consumers() == 0 || newQueues.isEmpty()) {
      return;
    }
    try (Amqp091Client client = Amqp091Client.connect(options.url(), "perf-setup")) {
      for (String name : newQueues) {
        client.deleteQueue(name);
      }
      boolean named = !options.exchange().isEmpty() && !options.exchange().startsWith("amq.");
      if (named && newQueues.size() == options.queues()) {
        client.deleteExchange(options.exchange());
      }
    }
  }
}
