package io.correio.server.perf;

import io.correio.server.client.AmqpUrl;
import java.util.ArrayList;
import java.util.List;

/**
 * What to load a broker with. Keys and names may contain <code>{q}</code> for the number of a
 * queue, <code>{p}</code> for that of a producer, and <code>{k}</code> for one of {@code keys}
 * numbers that a producer goes through in turn; all count from 1.
 *
 * @param queue name of the queue; of several, {@code -1}, {@code -2} ... is appended
 * @param rate messages per second of all producers together, 0 for as many as possible
 * @param confirm most publishes of a producer that may be unconfirmed, 0 for no confirms
 * @param multiAck acknowledge so many deliveries at once
 * @param seconds how long to send, warm-up included
 * @param skipSeconds warm-up, left out of the figures
 * @param messages stop after so many messages of all producers together, 0 for no such limit
 * @param exchange empty for the default exchange, which needs no binding
 * @param bindingKeys the first for the first queue and so on, beginning anew when they run out
 * @param keep leave what was declared in place
 */
public record PerfOptions(
    AmqpUrl url,
    int producers,
    int consumers,
    String queue,
    int queues,
    int size,
    long rate,
    int confirm,
    int prefetch,
    boolean autoAck,
    int multiAck,
    boolean persistent,
    boolean durable,
    int seconds,
    int skipSeconds,
    long messages,
    String exchange,
    String type,
    String routingKey,
    List<String> bindingKeys,
    int keys,
    boolean keep) {
  /** Most producers, and most consumers. */
  public static final int MAX_WORKERS = 1000;

  /** Most queues. */
  public static final int MAX_QUEUES = 10_000;

  /** Most publishes that may be unconfirmed. */
  public static final int MAX_CONFIRM = 1_000_000;

  /** Most different routing keys of a producer. */
  public static final int MAX_KEYS = 100_000;

  /** Largest body. */
  public static final int MAX_SIZE = 64 << 20;

  /** Checks each value and how they go together; IllegalArgumentException says what does not. */
  public PerfOptions {
    bindingKeys = List.copyOf(bindingKeys);
    within("--producers", producers, 0, MAX_WORKERS);
    within("--consumers", consumers, 0, MAX_WORKERS);
    within("--queues", queues, 1, MAX_QUEUES);
    within("--size", size, 0, MAX_SIZE);
    within("--rate", rate, 0, 100_000_000);
    within("--confirm", confirm, 0, MAX_CONFIRM);
    within("--prefetch", prefetch, 0, 0xffff);
    within("--multi-ack", multiAck, 1, 0xffff);
    within("--time", seconds, 1, 7 * 24 * 3600);
    within("--skip", skipSeconds, 0, seconds - 1);
    within("--messages", messages, 0, Long.MAX_VALUE);
    within("--keys", keys, 1, MAX_KEYS);
    if (producers + consumers == 0) {
      throw new IllegalArgumentException("neither producers nor consumers: nothing to do");
    }
    if (prefetch > 0 && multiAck > prefetch) {
      throw new IllegalArgumentException(
          "--multi-ack " + multiAck + " is never reached with --prefetch " + prefetch);
    }
    if (exchange.isEmpty() && !routingKey.isEmpty()) {
      throw new IllegalArgumentException(
          "--routing-key needs --exchange; without one messages go to the queues by their names");
    }
  }

  /** The names of all queues. */
  public List<String> queueNames() {
    List<String> names = new ArrayList<>(queues);
    for (int number = 1; number <= queues; number++) {
      names.add(queues == 1 ? queue : queue + "-" + number);
    }
    return names;
  }

  /** The key that a queue, counted from 0, is bound with. */
  String bindingKey(int queueIndex) {
    String pattern =
        bindingKeys.isEmpty() ? routingKey : bindingKeys.get(queueIndex % bindingKeys.size());
    return pattern.replace("{q}", Integer.toString(queueIndex + 1));
  }

  /**
   * The routing keys that a producer, counted from 0, goes through in turn. On the default exchange
   * the queues are spread over the producers.
   */
  List<String> routingKeys(int producerIndex) {
    List<String> found = new ArrayList<>();
    if (exchange.isEmpty()) {
      List<String> names = queueNames();
      for (int at = producerIndex % queues; at < queues; at += producers) {
        found.add(names.get(at));
      }
      return found;
    }
    String own = routingKey.replace("{p}", Integer.toString(producerIndex + 1));
    for (int key = 1; key <= keys; key++) {
      found.add(own.replace("{k}", Integer.toString(key)));
      if (!own.contains("{k}")) {
        break;
      }
    }
    return found;
  }

  /** The queues that a consumer, counted from 0, reads. */
  List<String> queuesOf(int consumerIndex) {
    List<String> names = queueNames();
    List<String> found = new ArrayList<>();
    for (int at = consumerIndex % queues; at < queues; at += consumers) {
      found.add(names.get(at));
    }
    return found;
  }

  private static void within(String option, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option + " must be from " + least + " to " + most + ", not " + value);
    }
  }
}
