package io.correio.core.shard;

import io.correio.core.identity.Permission;
import io.correio.core.identity.User;
import io.correio.core.identity.VirtualHostDefinition;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Fact;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.ExchangeDefinition;
import io.correio.core.routing.ExchangeType;
import io.correio.core.routing.QueueDefinition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Facts without a message as bytes: one tag, then the fact's fields. Several stand one after the
 * other in a record without keys, and in a checkpoint.
 *
 * <pre>
 *   2 Settled            lane i64, from i64, to i64
 *   3 Marked             lane i64, up to i64
 *   4 MarkedExactly      lane i64, up to i64
 *   5 Purged             lane i64, up to i64, count i32, kept i64 each
 *  10 QueueDeclared      queue            queue     = id i64, name, flags, arguments
 *  11 QueueDeleted       queue            exchange  = name, type, flags, arguments
 *  12 ExchangeDeclared   exchange         binding   = source, kind i8, destination, key, arguments
 *  13 ExchangeDeleted    exchange         string    = length i32, bytes of UTF-8
 *  14 Bound              binding          flags i8  = 1 durable, 2 exclusive, 4 auto-delete,
 *  15 Unbound            binding                      8 internal
 *  20 UserPut            name, credential, count i32, tags
 *  21 UserDeleted        name
 *  22 VirtualHostPut     name, shard i32, arguments
 *  23 VirtualHostDeleted name
 *  24 PermissionPut      user, virtual host, configure, write, read
 *  25 PermissionDeleted  user, virtual host
 * </pre>
 *
 * Little-endian. An unknown tag is a newer format: reading stops with a sentence.
 */
final class FactCodec {

  private static final int DURABLE = 1;
  private static final int EXCLUSIVE = 2;
  private static final int AUTO_DELETE = 4;
  private static final int INTERNAL = 8;

  private FactCodec() {}

  /** Bytes that {@link #write} takes at most. */
  static int maxSize(Fact fact) {
    return switch (fact) {
      case Fact.Enqueued f -> throw hasMessage(f);
      case Fact.Settled ignored -> 25;
      case Fact.Marked ignored -> 17;
      case Fact.MarkedExactly ignored -> 17;
      case Fact.Purged f -> 21 + 8 * f.kept().length;
      case Fact.QueueDeclared f -> size(f.definition());
      case Fact.QueueDeleted f -> size(f.definition());
      case Fact.ExchangeDeclared f -> size(f.definition());
      case Fact.ExchangeDeleted f -> size(f.definition());
      case Fact.Bound f -> size(f.binding());
      case Fact.Unbound f -> size(f.binding());
      case Fact.UserPut f -> {
        int tags = f.user().tags().stream().mapToInt(FactCodec::size).sum();
        yield 5 + size(f.user().name()) + size(f.user().credential()) + tags;
      }
      case Fact.UserDeleted f -> 1 + size(f.name());
      case Fact.VirtualHostPut f ->
          5 + size(f.definition().name()) + f.definition().arguments().encodedSize();
      case Fact.VirtualHostDeleted f -> 1 + size(f.name());
      case Fact.PermissionPut f -> {
        Permission p = f.permission();
        yield 1
            + size(p.user())
            + size(p.virtualHost())
            + size(p.configure())
            + size(p.write())
            + size(p.read());
      }
      case Fact.PermissionDeleted f -> 1 + size(f.user()) + size(f.virtualHost());
    };
  }

  private static IllegalArgumentException hasMessage(Fact fact) {
    return new IllegalArgumentException("has a message, so a record of its own: " + fact);
  }

  private static int size(String text) {
    return 4 + 3 * text.length();
  }

  private static int size(QueueDefinition queue) {
    return 10 + size(queue.name()) + queue.arguments().encodedSize();
  }

  private static int size(ExchangeDefinition exchange) {
    return 3 + size(exchange.name()) + 16 + exchange.arguments().encodedSize();
  }

  private static int size(Binding binding) {
    return 2
        + size(binding.source())
        + size(name(binding.destination()))
        + size(binding.key())
        + binding.arguments().encodedSize();
  }

  /** Writes a fact. */
  static void write(ByteBuffer out, Fact fact) {
    switch (fact) {
      case Fact.Enqueued f -> throw hasMessage(f);
      case Fact.Settled f -> out.put((byte) 2).putLong(f.lane()).putLong(f.from()).putLong(f.to());
      case Fact.Marked f -> out.put((byte) 3).putLong(f.lane()).putLong(f.upTo());
      case Fact.MarkedExactly f -> out.put((byte) 4).putLong(f.lane()).putLong(f.upTo());
      case Fact.Purged f -> {
        out.put((byte) 5).putLong(f.lane()).putLong(f.upTo()).putInt(f.kept().length);
        for (long sequence : f.kept()) {
          out.putLong(sequence);
        }
      }
      case Fact.QueueDeclared f -> put(out.put((byte) 10), f.definition());
      case Fact.QueueDeleted f -> put(out.put((byte) 11), f.definition());
      case Fact.ExchangeDeclared f -> put(out.put((byte) 12), f.definition());
      case Fact.ExchangeDeleted f -> put(out.put((byte) 13), f.definition());
      case Fact.Bound f -> put(out.put((byte) 14), f.binding());
      case Fact.Unbound f -> put(out.put((byte) 15), f.binding());
      case Fact.Identity f -> writeIdentity(out, f);
    }
  }

  private static void writeIdentity(ByteBuffer out, Fact.Identity fact) {
    switch (fact) {
      case Fact.UserPut f -> {
        put(out.put((byte) 20), f.user().name());
        put(out, f.user().credential());
        out.putInt(f.user().tags().size());
        f.user().tags().stream().sorted().forEach(tag -> put(out, tag));
      }
      case Fact.UserDeleted f -> put(out.put((byte) 21), f.name());
      case Fact.VirtualHostPut f -> {
        put(out.put((byte) 22), f.definition().name());
        out.putInt(f.definition().shard());
        f.definition().arguments().encode(out);
      }
      case Fact.VirtualHostDeleted f -> put(out.put((byte) 23), f.name());
      case Fact.PermissionPut f -> {
        Permission p = f.permission();
        put(out.put((byte) 24), p.user());
        put(out, p.virtualHost());
        put(out, p.configure());
        put(out, p.write());
        put(out, p.read());
      }
      case Fact.PermissionDeleted f -> {
        put(out.put((byte) 25), f.user());
        put(out, f.virtualHost());
      }
    }
  }

  private static void put(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putInt(bytes.length).put(bytes);
  }

  private static void put(ByteBuffer out, QueueDefinition queue) {
    put(out.putLong(queue.id()), queue.name());
    out.put(
        (byte)
            ((queue.durable() ? DURABLE : 0)
                | (queue.exclusive() ? EXCLUSIVE : 0)
                | (queue.autoDelete() ? AUTO_DELETE : 0)));
    queue.arguments().encode(out);
  }

  private static void put(ByteBuffer out, ExchangeDefinition exchange) {
    put(out, exchange.name());
    put(out, exchange.type().wireName());
    out.put(
        (byte)
            ((exchange.durable() ? DURABLE : 0)
                | (exchange.autoDelete() ? AUTO_DELETE : 0)
                | (exchange.internal() ? INTERNAL : 0)));
    exchange.arguments().encode(out);
  }

  private static void put(ByteBuffer out, Binding binding) {
    put(out, binding.source());
    out.put((byte) (binding.destination() instanceof Destination.ToQueue ? 0 : 1));
    put(out, name(binding.destination()));
    put(out, binding.key());
    binding.arguments().encode(out);
  }

  private static String name(Destination destination) {
    return switch (destination) {
      case Destination.ToQueue(String name) -> name;
      case Destination.ToExchange(String name) -> name;
    };
  }

  /** Reads a fact. */
  static Fact read(ByteBuffer in) {
    byte tag = in.get();
    return switch (tag) {
      case 2 -> new Fact.Settled(in.getLong(), in.getLong(), in.getLong());
      case 3 -> new Fact.Marked(in.getLong(), in.getLong());
      case 4 -> new Fact.MarkedExactly(in.getLong(), in.getLong());
      case 5 -> {
        long lane = in.getLong();
        long upTo = in.getLong();
        long[] kept = new long[in.getInt()];
        for (int i = 0; i < kept.length; i++) {
          kept[i] = in.getLong();
        }
        yield new Fact.Purged(lane, upTo, kept);
      }
      case 10 -> new Fact.QueueDeclared(queue(in));
      case 11 -> new Fact.QueueDeleted(queue(in));
      case 12 -> new Fact.ExchangeDeclared(exchange(in));
      case 13 -> new Fact.ExchangeDeleted(exchange(in));
      case 14 -> new Fact.Bound(binding(in), true);
      case 15 -> new Fact.Unbound(binding(in), true);
      default -> readIdentity(tag, in);
    };
  }

  private static Fact readIdentity(byte tag, ByteBuffer in) {
    return switch (tag) {
      case 20 -> {
        String name = string(in);
        String credential = string(in);
        Set<String> tags = new HashSet<>();
        for (int left = in.getInt(); left > 0; left--) {
          tags.add(string(in));
        }
        yield new Fact.UserPut(new User(name, credential, tags));
      }
      case 21 -> new Fact.UserDeleted(string(in));
      case 22 ->
          new Fact.VirtualHostPut(
              new VirtualHostDefinition(string(in), in.getInt(), Arguments.decode(in)));
      case 23 -> new Fact.VirtualHostDeleted(string(in));
      case 24 ->
          new Fact.PermissionPut(
              new Permission(string(in), string(in), string(in), string(in), string(in)));
      case 25 -> new Fact.PermissionDeleted(string(in), string(in));
      default ->
          throw new IllegalArgumentException(
              "the log holds a fact of kind "
                  + tag
                  + ", which this release does not know: start the release that wrote it");
    };
  }

  private static String string(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static QueueDefinition queue(ByteBuffer in) {
    long id = in.getLong();
    String name = string(in);
    int flags = in.get();
    return new QueueDefinition(
        id,
        name,
        (flags & DURABLE) != 0,
        (flags & EXCLUSIVE) != 0,
        (flags & AUTO_DELETE) != 0,
        Arguments.decode(in));
  }

  private static ExchangeDefinition exchange(ByteBuffer in) {
    String name = string(in);
    String type = string(in);
    int flags = in.get();
    return new ExchangeDefinition(
        name,
        ExchangeType.ofWireName(type).orElseThrow(),
        (flags & DURABLE) != 0,
        (flags & AUTO_DELETE) != 0,
        (flags & INTERNAL) != 0,
        Arguments.decode(in));
  }

  private static Binding binding(ByteBuffer in) {
    String source = string(in);
    int kind = in.get();
    String destination = string(in);
    return new Binding(
        source,
        kind == 0 ? new Destination.ToQueue(destination) : new Destination.ToExchange(destination),
        string(in),
        Arguments.decode(in));
  }
}
