package io.correio.server.perf;

import java.util.List;
import java.util.OptionalLong;

/**
 * Which messages did not come, and which came too often, as far as it can be known: bodies must
 * have room for a number, somebody must consume, and where a message should have gone must be
 * plain: to one queue by the default exchange, to every queue by a fan-out.
 *
 * @param lost confirmed (without confirms: sent) and not received
 * @param duplicated received more than once from one queue
 */
record Losses(OptionalLong lost, OptionalLong duplicated) {
  static Losses of(PerfOptions options, List<Producer> producers, List<Consumer> consumers) {
    if (options.size() < Stamp.NUMBERED_BYTES || consumers.isEmpty() || producers.isEmpty()) {
      return new Losses(OptionalLong.empty(), OptionalLong.empty());
    }
    long duplicated = consumers.stream().mapToLong(Consumer::duplicates).sum();
    long[] distinct = new long[producers.size()];
    boolean complete = true;
    for (String queue : options.queueNames()) {
      for (int producer = 0; producer < distinct.length; producer++) {
        NumberSet all = new NumberSet();
        for (Consumer consumer : consumers) {
          NumberSet[] sets = consumer.seen().get(queue);
          if (sets != null) {
            duplicated += all.addAll(sets[producer]);
          }
        }
        complete &= all.complete();
        distinct[producer] += all.size();
      }
    }
    if (!complete) {
      return new Losses(OptionalLong.empty(), OptionalLong.empty());
    }
    long copies = copies(options);
    long lost = 0;
    for (int producer = 0; producer < distinct.length; producer++) {
      long due = due(options, producers.get(producer));
      lost += Math.max(0, due * copies - distinct[producer]);
    }
    return new Losses(
        copies == 0 ? OptionalLong.empty() : OptionalLong.of(lost), OptionalLong.of(duplicated));
  }

  /** How many messages of a producer should have arrived: those that the broker answers for. */
  static long due(PerfOptions options, Producer producer) {
    return options.confirm() > 0 ? producer.confirmed() : producer.sent();
  }

  /** In how many queues each message should arrive; 0 when that depends on keys. */
  static long copies(PerfOptions options) {
    if (options.exchange().isEmpty()) {
      return 1;
    }
    return options.type().equals("fanout") ? options.queues() : 0;
  }
}
