package io.correio.amqp.v10.peer;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Performatives (part 2, section 2.7) as a sound peer sends them, for tests to alter. */
public final class Performatives {

  private static final int WINDOW = 2_048;
  private static final AtomicLong CONTAINERS = new AtomicLong();

  private Performatives() {}

  /** A container of its own each time: one that is there already would lose its links. */
  public static Composite open(String container) {
    return Composite.of(Kind.OPEN)
        .with("container-id", container + "-" + CONTAINERS.incrementAndGet())
        .with("hostname", "localhost");
  }

  public static Composite begin() {
    return Composite.of(Kind.BEGIN)
        .with("next-outgoing-id", 0)
        .with("incoming-window", WINDOW)
        .with("outgoing-window", WINDOW);
  }

  /** A link by which the peer sends to {@code address}. */
  public static Composite sender(String name, int handle, @Nullable String address) {
    return Composite.of(Kind.ATTACH)
        .with("name", name)
        .with("handle", handle)
        .with("role", false)
        .with("source", Composite.of(Kind.SOURCE))
        .with("target", Composite.of(Kind.TARGET).with("address", address))
        .with("initial-delivery-count", 0);
  }

  /** A link by which the peer receives from {@code address}. */
  public static Composite receiver(String name, int handle, @Nullable String address) {
    return Composite.of(Kind.ATTACH)
        .with("name", name)
        .with("handle", handle)
        .with("role", true)
        .with("source", Composite.of(Kind.SOURCE).with("address", address))
        .with("target", Composite.of(Kind.TARGET));
  }

  /** A link to the coordinator (part 4, section 4.5.1). */
  public static Composite controller(String name, int handle) {
    return sender(name, handle, null).with("target", Composite.of(Kind.COORDINATOR));
  }

  /** A session's flow. */
  public static Composite flow() {
    return Composite.of(Kind.FLOW)
        .with("next-incoming-id", 0)
        .with("incoming-window", WINDOW)
        .with("next-outgoing-id", 0)
        .with("outgoing-window", WINDOW);
  }

  /** A link's flow, that gives credit. */
  public static Composite credit(int handle, long deliveryCount, long credit) {
    return flow()
        .with("handle", handle)
        .with("delivery-count", deliveryCount)
        .with("link-credit", credit);
  }

  public static Composite transfer(int handle, long deliveryId) {
    return Composite.of(Kind.TRANSFER)
        .with("handle", handle)
        .with("delivery-id", deliveryId)
        .with("delivery-tag", ("tag" + deliveryId).getBytes(StandardCharsets.UTF_8))
        .with("message-format", 0);
  }

  /** What a receiver says of deliveries, for good. */
  public static Composite disposition(long first, @Nullable Long last, @Nullable Composite state) {
    return Composite.of(Kind.DISPOSITION)
        .with("role", true)
        .with("first", first)
        .with("last", last)
        .with("settled", true)
        .with("state", state);
  }

  public static Composite detach(int handle, boolean closed) {
    return Composite.of(Kind.DETACH).with("handle", handle).with("closed", closed);
  }

  public static Composite error(String condition, String description) {
    return Composite.of(Kind.ERROR).with("condition", condition).with("description", description);
  }
}
