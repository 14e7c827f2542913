package io.correio.server.client;

import io.correio.amqp.v091.method.BasicMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A broker with just enough of AMQP 0-9-1 for a client to be tried on, which loses, repeats,
 * refuses or delays what a test tells it to. Queues in memory; the default exchange and fan-outs.
 */
public final class ScriptedBroker implements AutoCloseable {
  /** One message. */
  static final class Message {
    private final BasicMethod.Publish method;
    private final byte[] properties;
    private final byte[] body;

    Message(BasicMethod.Publish method, byte[] properties, byte[] body) {
      this.method = method;
      this.properties = properties;
      this.body = body;
    }

    BasicMethod.Publish method() {
      return method;
    }

    byte[] properties() {
      return properties;
    }

    byte[] body() {
      return body;
    }
  }

  /** One queue. */
  static final class Queue {
    final Deque<Message> ready = new ArrayDeque<>();
    final List<ScriptedConnection.Subscription> consumers = new ArrayList<>();
    int turn;
  }

  final Map<String, Queue> queues = new HashMap<>();
  final Map<String, List<String>> exchanges = new HashMap<>();
  private final ServerSocket listener;
  private final List<Socket> sockets = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private long published;

  /** Every so-manieth message is confirmed and lost; 0: none. */
  public volatile long loseEvery;

  /** Every so-manieth message is delivered twice; 0: none. */
  public volatile long repeatEvery;

  /** Every so-manieth publish is refused with basic.nack; 0: none. */
  public volatile long rejectEvery;

  /** The connection is closed with 320 at this publish; 0: never. */
  public volatile long closeAt;

  /** Confirms are sent for so many publishes at once. */
  public volatile int confirmBatch = 1;

  /** Listens on a free port of the loopback. */
  public ScriptedBroker() throws IOException {
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("scripted-broker").start(this::accept);
  }

  /** Where it listens, for guest. */
  public AmqpUrl url() {
    return AmqpUrl.parse("amqp://guest:guest@127.0.0.1:" + listener.getLocalPort());
  }

  /** How many messages wait in a queue, -1 when there is no such queue. */
  public synchronized int depth(String queue) {
    Queue found = queues.get(queue);
    return found == null ? -1 : found.ready.size();
  }

  /** Puts a body into a queue without a client. */
  public synchronized void put(String queue, byte[] body) {
    queues
        .computeIfAbsent(queue, name -> new Queue())
        .ready
        .add(new Message(new BasicMethod.Publish("", queue, false, false), new byte[2], body));
  }

  @Override
  public void close() throws IOException {
    listener.close();
    List<Thread> running;
    synchronized (this) {
      for (Socket each : sockets) {
        each.close();
      }
      running = List.copyOf(threads);
    }
    for (Thread each : running) {
      try {
        each.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /** Counts a publish and says what the script does with it: whether it counts for an event. */
  synchronized long nextPublish() {
    return ++published;
  }

  static boolean hits(long every, long number) {
    return every > 0 && number % every == 0;
  }

  /** The queues that a publish goes to; null when the exchange does not exist. */
  @Nullable List<String> route(BasicMethod.Publish publish) {
    if (publish.exchange().isEmpty()) {
      return queues.containsKey(publish.routingKey()) ? List.of(publish.routingKey()) : List.of();
    }
    return exchanges.get(publish.exchange());
  }

  /** Delivers what can be delivered, to the consumers in turn. */
  void pump(Queue queue) {
    while (!queue.ready.isEmpty()) {
      ScriptedConnection.Subscription taker = null;
      for (int tried = 0; tried < queue.consumers.size() && taker == null; tried++) {
        ScriptedConnection.Subscription next =
            queue.consumers.get(queue.turn++ % queue.consumers.size());
        taker = next.hasCredit() ? next : null;
      }
      if (taker == null) {
        return;
      }
      taker.deliver(queue.ready.remove());
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        synchronized (this) {
          sockets.add(socket);
          threads.add(
              Thread.ofPlatform()
                  .daemon()
                  .name("scripted-connection")
                  .start(() -> new ScriptedConnection(this, socket).run()));
        }
      } catch (SocketException closed) {
        return;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
