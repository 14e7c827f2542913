package io.correio.core.shard;

import io.correio.core.identity.Permission;
import io.correio.core.identity.User;
import io.correio.core.identity.VirtualHostDefinition;
import io.correio.core.message.Address;
import io.correio.core.message.Arguments;
import io.correio.core.message.Content;
import io.correio.core.message.Envelope;
import io.correio.core.message.Message;
import io.correio.core.queue.Fact;
import io.correio.core.queue.LaneId;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import io.correio.core.routing.QueueDefinition;
import java.util.Random;
import java.util.Set;

/** Facts and messages of every kind, by chance, from a seed. */
final class RandomFacts {

  private static final String LETTERS = "abcXYZ019._-/ äßñ→漢字😀\u0000\n";

  private final Random random;

  RandomFacts(Random random) {
    this.random = random;
  }

  String text(int maxLength) {
    StringBuilder text = new StringBuilder();
    int[] points = LETTERS.codePoints().toArray();
    for (int n = random.nextInt(maxLength + 1); n > 0; n--) {
      text.appendCodePoint(points[random.nextInt(points.length)]);
    }
    return text.toString();
  }

  byte[] bytes(int maxLength) {
    byte[] bytes = new byte[random.nextInt(maxLength + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  Arguments arguments() {
    Arguments.Builder builder = Arguments.builder();
    for (int n = random.nextInt(4); n > 0; n--) {
      builder.put(
          text(10) + n,
          switch (random.nextInt(4)) {
            case 0 -> random.nextLong();
            case 1 -> text(30);
            case 2 -> random.nextBoolean();
            default -> null;
          });
    }
    return builder.build();
  }

  QueueDefinition queue() {
    return new QueueDefinition(
        1 + random.nextLong(1L << 39),
        text(255),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        arguments());
  }

  ExchangeDefinition exchange() {
    ExchangeType[] types = ExchangeType.values();
    return new ExchangeDefinition(
        text(255),
        types[random.nextInt(types.length)],
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        arguments());
  }

  Binding binding() {
    Destination destination =
        random.nextBoolean()
            ? new Destination.ToQueue(text(255))
            : new Destination.ToExchange(text(255));
    return new Binding(text(255), destination, text(255), arguments());
  }

  private long lane() {
    return LaneId.of(1 + random.nextLong(1L << 39), random.nextInt(256), random.nextBoolean());
  }

  private long sequence() {
    return 1 + random.nextLong(Long.MAX_VALUE - 1);
  }

  Fact.Purged purged() {
    long[] kept = random.longs(random.nextInt(20), 1, Long.MAX_VALUE).sorted().toArray();
    return new Fact.Purged(lane(), sequence(), kept);
  }

  /** Any fact without a message but a purge, which has no equality. */
  Fact fact() {
    return switch (random.nextInt(15)) {
      case 0 -> new Fact.Settled(lane(), sequence(), sequence());
      case 1 -> new Fact.Marked(lane(), sequence());
      case 2 -> new Fact.MarkedExactly(lane(), sequence());
      case 3 -> new Fact.QueueDeclared(queue());
      case 4 -> new Fact.QueueDeleted(queue());
      case 5 -> new Fact.ExchangeDeclared(exchange());
      case 6 -> new Fact.ExchangeDeleted(exchange());
      case 7 -> new Fact.Bound(binding(), true);
      case 8 -> new Fact.Unbound(binding(), true);
      case 9 ->
          new Fact.UserPut(new User(text(50), text(200), Set.of("a" + text(20), "x" + text(20))));
      case 10 -> new Fact.UserDeleted(text(50));
      case 11 ->
          new Fact.VirtualHostPut(
              new VirtualHostDefinition(text(50), random.nextInt(1_000), arguments()));
      case 12 -> new Fact.VirtualHostDeleted(text(50));
      case 13 ->
          new Fact.PermissionPut(new Permission(text(50), text(50), text(50), text(50), text(50)));
      default -> new Fact.PermissionDeleted(text(50), text(50));
    };
  }

  Message message() {
    Envelope envelope =
        new Envelope(
            new Address(text(200), text(200)),
            random.nextBoolean(),
            random.nextInt(256),
            random.nextBoolean() ? Envelope.NO_EXPIRY : random.nextLong(1L << 40));
    return new Message(envelope, new Content(random.nextInt(256), bytes(300), bytes(3_000)));
  }
}
