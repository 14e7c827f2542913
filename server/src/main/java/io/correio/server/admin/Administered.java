package io.correio.server.admin;

import io.correio.core.manager.QueueManager;
import io.correio.server.front.ConnectionInfo;
import java.util.List;
import java.util.function.Supplier;

/**
 * The broker that is administered.
 *
 * @param name of the queue manager
 * @param version of Correio
 * @param manager its queues and who may use them
 * @param connections those that are open, asked anew each time
 * @param listeners where it listens
 * @param passwordIterations rounds of the hash of passwords that are set
 * @param storesSha512 whether these get keys for SCRAM-SHA-512
 */
public record Administered(
    String name,
    String version,
    QueueManager manager,
    Supplier<List<ConnectionInfo>> connections,
    List<ListenerInfo> listeners,
    int passwordIterations,
    boolean storesSha512) {

  /**
   * Where a protocol is spoken.
   *
   * @param protocol as RabbitMQ's API calls it, such as {@code amqp}
   */
  public record ListenerInfo(String protocol, String host, int port) {}

  /** Copies the list. */
  public Administered {
    listeners = List.copyOf(listeners);
  }
}
