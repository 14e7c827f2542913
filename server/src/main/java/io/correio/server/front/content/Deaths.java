package io.correio.server.front.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.correio.amqp.v091.wire.FieldTable;
import io.correio.amqp.v091.wire.FieldValue;
import io.correio.amqp.v10.ValueWriter;
import io.correio.core.message.Death;
import io.correio.core.message.Envelope;
import io.correio.core.message.History;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Where a message died before, in the headers and annotations that RabbitMQ gives. Stateless. */
final class Deaths {
  static final String X_DEATH = Names.X_DEATH;
  static final String X_OPT_DEATHS = "x-opt-deaths";

  private static final String FIRST = "x-first-death-";
  private static final String LAST = "x-last-death-";
  private static final long MILLIS = 1000;

  private Deaths() {}

  /** Whether a header or annotation says something about deaths, which only the broker knows. */
  static boolean isAbout(String name) {
    return name.equals(X_DEATH)
        || name.equals(X_OPT_DEATHS)
        || name.startsWith(FIRST)
        || name.startsWith(LAST);
  }

  /** As headers of 0-9-1. */
  static void addHeaders(History history, FieldTable.Builder headers) {
    List<FieldValue> tables = new ArrayList<>();
    for (Death death : history.deaths()) {
      tables.add(table(death));
    }
    headers.put(X_DEATH, new FieldValue.Array(tables));
    addNames(history, headers::put);
  }

  private static FieldTable table(Death death) {
    FieldTable.Builder table = FieldTable.builder();
    table.put("count", death.count());
    table.put("reason", name(death.reason()));
    table.put("queue", death.queue());
    table.put("time", new FieldValue.Timestamp(death.firstMillis() / MILLIS));
    table.put("exchange", death.exchange());
    table.put("routing-keys", death.keys());
    if (death.timeToLiveMillis() != Envelope.NO_EXPIRY) {
      table.put("original-expiration", Long.toString(death.timeToLiveMillis()));
    }
    return table.build();
  }

  private static void addNames(History history, BiConsumer<String, String> names) {
    Death first = history.firstDeath();
    if (first != null) {
      names.accept(FIRST + "queue", first.queue());
      names.accept(FIRST + "reason", name(first.reason()));
      names.accept(FIRST + "exchange", first.exchange());
    }
    Death last = history.deaths().getFirst();
    names.accept(LAST + "queue", last.queue());
    names.accept(LAST + "reason", name(last.reason()));
    names.accept(LAST + "exchange", last.exchange());
  }

  /** As message annotations of 1.0, into a map that is open; returns how many entries. */
  static int writeAnnotations(History history, ValueWriter out) {
    if (history.deaths().isEmpty()) {
      return 0;
    }
    out.symbol(Text.ascii(X_OPT_DEATHS));
    int list = out.open();
    for (Death death : history.deaths()) {
      write(death, out);
    }
    out.closeList(list, history.deaths().size());
    int[] entries = {1};
    addNames(
        history,
        (name, value) -> {
          out.symbol(Text.ascii(name)).string(value.getBytes(UTF_8));
          entries[0]++;
        });
    return entries[0];
  }

  private static void write(Death death, ValueWriter out) {
    int map = out.open();
    int entries = 7;
    out.symbol(Text.ascii("queue")).string(death.queue().getBytes(UTF_8));
    out.symbol(Text.ascii("reason")).symbol(Text.ascii(name(death.reason())));
    out.symbol(Text.ascii("count")).ulongValue(death.count());
    out.symbol(Text.ascii("first-time")).timestamp(death.firstMillis());
    out.symbol(Text.ascii("last-time")).timestamp(death.lastMillis());
    out.symbol(Text.ascii("exchange")).string(death.exchange().getBytes(UTF_8));
    out.symbol(Text.ascii("routing-keys"));
    int keys = out.open();
    death.keys().forEach(key -> out.string(key.getBytes(UTF_8)));
    out.closeList(keys, death.keys().size());
    if (death.timeToLiveMillis() != Envelope.NO_EXPIRY) {
      out.symbol(Text.ascii("ttl")).uintValue(death.timeToLiveMillis());
      entries++;
    }
    out.closeMap(map, entries);
  }

  private static String name(Death.Reason reason) {
    return switch (reason) {
      case REJECTED -> "rejected";
      case EXPIRED -> "expired";
      case QUEUE_FULL -> "maxlen";
      case TOO_MANY_FAILURES -> "delivery_limit";
    };
  }
}
