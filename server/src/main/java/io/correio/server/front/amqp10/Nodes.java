package io.correio.server.front.amqp10;

import io.correio.core.filter.Selector;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Admission;
import io.correio.core.queue.Command;
import io.correio.core.queue.Refusal;
import io.correio.core.queue.Reply;
import io.correio.core.routing.Binding;
import io.correio.core.routing.Destination;
import io.correio.core.routing.QueueDefinition;
import io.correio.core.routing.RoutingTable;
import io.correio.server.front.GeneratedNames;
import io.correio.server.front.content.Amqp10Message;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.qpid.protonj2.engine.Receiver;
import org.apache.qpid.protonj2.engine.Sender;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.messaging.DeleteOnClose;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.apache.qpid.protonj2.types.messaging.Target;
import org.apache.qpid.protonj2.types.messaging.TerminusDurability;
import org.apache.qpid.protonj2.types.messaging.TerminusExpiryPolicy;
import org.apache.qpid.protonj2.types.transport.AmqpError;
import org.apache.qpid.protonj2.types.transport.ErrorCondition;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the addresses of a connection's links mean, and makes the nodes that are to be made:
 * queues of plain names, dynamic nodes, subscriptions to topics. Owned by the connection's loop.
 *
 * <pre>
 *   /queues/q, or a plain name         queue q                       default exchange, key q
 *   a topic t (capability topic)       a queue bound to amq.topic    amq.topic, key t
 *     durable subscription s             by t: durable, named after container and s
 *     shared subscription s              by t: named after s
 *     else                               by t: gone with the link
 *   dynamic                            a queue of this connection, gone with the link
 * </pre>
 */
final class Nodes {

  private static final String TOPICS = "amq.topic";
  private static final String DEFAULT_EXCHANGE = "";
  private static final Symbol LIFETIME = Symbol.valueOf("lifetime-policy");
  private static final Symbol COPY = Symbol.valueOf("copy");
  private static final Symbol TOPIC = Symbol.valueOf("topic");
  private static final Symbol TEMPORARY_TOPIC = Symbol.valueOf("temporary-topic");
  private static final Symbol SHARED = Symbol.valueOf("shared");
  private static final Symbol GLOBAL = Symbol.valueOf("global");

  /** Message annotation by which Qpid JMS says of what kind the address in {@code to} is. */
  private static final String JMS_DESTINATION = "x-opt-jms-dest";

  private final OpenConnection connection;

  Nodes(OpenConnection connection) {
    this.connection = connection;
  }

  /** What an address turned out to be. */
  sealed interface Resolved {}

  /** Nothing, and why. */
  record Refused(ErrorCondition condition) implements Resolved {}

  /**
   * Where messages go.
   *
   * @param address as the peer is told
   * @param key null when each message says it
   * @param mandatory whether a message that no queue takes is the sender's again; to a topic that
   *     nobody has subscribed to, messages go and are gone
   * @param deletedByClose whether the queue that the key names goes with the link
   */
  record Sent(
      String address,
      String exchange,
      @Nullable String key,
      boolean mandatory,
      boolean deletedByClose)
      implements Resolved {

    static Sent toQueue(String address, String name) {
      return new Sent(address, DEFAULT_EXCHANGE, name, true, false);
    }

    static Sent toTopic(String address, String name) {
      return new Sent(address, TOPICS, name, false, false);
    }
  }

  /**
   * Where messages come from.
   *
   * @param address as the peer is told
   * @param deletedByClose whether closing the link (and not only detaching it) deletes the queue
   * @param temporary whether the end of its session does so, too
   * @param selector which messages of the queue the peer gets; null for all
   * @param browsing whether it is shown them, and takes none
   * @param filters the filters that are acted upon
   */
  record Received(
      String address,
      String queue,
      boolean deletedByClose,
      boolean temporary,
      @Nullable Selector selector,
      boolean browsing,
      Map<Symbol, Object> filters) {}

  // ---- targets -------------------------------------------------------------------------------

  /** Finds the target of a peer's sending link; {@code then} gets null for the anonymous one. */
  void target(Receiver link, Consumer<@Nullable Sent> then, Consumer<ErrorCondition> refused) {
    Target target = link.getRemoteTarget();
    if (target == null) {
      refused.accept(
          Conditions.of(AmqpError.INVALID_FIELD, "a link to send by needs a target; give it one"));
      return;
    }
    if (target.isDynamic()) {
      ErrorCondition unsupported = lifetime(target.getDynamicNodeProperties());
      if (unsupported != null) {
        refused.accept(unsupported);
        return;
      }
      dynamic(
          has(target.getCapabilities(), TEMPORARY_TOPIC),
          name ->
              then.accept(
                  has(target.getCapabilities(), TEMPORARY_TOPIC)
                      ? Sent.toTopic(name, name)
                      : new Sent(name, DEFAULT_EXCHANGE, name, true, true)),
          refused);
      return;
    }
    String address = target.getAddress();
    if (address == null) {
      then.accept(null);
      return;
    }
    boolean topic = isTopic(target.getCapabilities());
    switch (NodeAddress.parse(address)) {
      case NodeAddress.Malformed(String reason) ->
          refused.accept(Conditions.of(AmqpError.INVALID_FIELD, reason));
      case NodeAddress.Exchange(String name, String key) -> {
        if (connection.host().routing().exchange(name) == null) {
          refused.accept(noExchange(name));
        } else {
          then.accept(new Sent(address, name, key, true, false));
        }
      }
      case NodeAddress.Queue(String name) -> {
        if (connection.host().routing().queue(name) == null) {
          refused.accept(noQueue(name));
        } else {
          then.accept(Sent.toQueue(address, name));
        }
      }
      case NodeAddress.Plain(String name) -> {
        if (topic) {
          then.accept(Sent.toTopic(address, name));
        } else {
          existing(name, () -> then.accept(Sent.toQueue(address, name)), refused);
        }
      }
    }
  }

  /** Where a message of the anonymous terminus goes (its {@code to}). */
  Resolved of(Amqp10Message message) {
    String to = message.to();
    if (to == null || to.isEmpty()) {
      return new Refused(
          Conditions.of(
              AmqpError.PRECONDITION_FAILED,
              "the link has no address and the message no 'to'; give one of them"));
    }
    return switch (NodeAddress.parse(to)) {
      case NodeAddress.Malformed(String reason) ->
          new Refused(Conditions.of(AmqpError.INVALID_FIELD, reason));
      case NodeAddress.Exchange(String name, String key) ->
          connection.host().routing().exchange(name) == null
              ? new Refused(noExchange(name))
              : new Sent(to, name, key, true, false);
      case NodeAddress.Queue(String name) -> Sent.toQueue(to, name);
      case NodeAddress.Plain(String name) ->
          isTopic(message) ? Sent.toTopic(to, name) : Sent.toQueue(to, name);
    };
  }

  private static boolean isTopic(Amqp10Message message) {
    // 0 queue, 1 topic, 2 temporary queue, 3 temporary topic.
    return message.headers().header(JMS_DESTINATION) instanceof Number kind
        && kind.intValue() % 2 == 1;
  }

  // ---- sources -------------------------------------------------------------------------------

  /** Finds, or makes, the queue of a peer's receiving link. */
  void source(Sender link, Consumer<Received> then, Consumer<ErrorCondition> refused) {
    Source source = link.getRemoteSource();
    if (source == null) {
      resume(link, then, refused);
      return;
    }
    LinkFilters filters;
    try {
      filters = LinkFilters.of(source);
    } catch (IllegalArgumentException e) {
      refused.accept(Conditions.of(AmqpError.INVALID_FIELD, String.valueOf(e.getMessage())));
      return;
    }
    boolean topic = isTopic(source.getCapabilities());
    if (source.isDynamic()) {
      ErrorCondition unsupported = lifetime(source.getDynamicNodeProperties());
      if (unsupported != null) {
        refused.accept(unsupported);
        return;
      }
      dynamic(
          false,
          name -> received(new OfQueue(name, name, true, source, filters), then, refused),
          refused);
      return;
    }
    String address = source.getAddress();
    if (address == null) {
      refused.accept(
          Conditions.of(
              AmqpError.INVALID_FIELD, "a link to receive by needs an address; give it one"));
      return;
    }
    switch (NodeAddress.parse(address)) {
      case NodeAddress.Malformed(String reason) ->
          refused.accept(Conditions.of(AmqpError.INVALID_FIELD, reason));
      case NodeAddress.Exchange(String name, String ignored) -> refused.accept(keepsNothing(name));
      case NodeAddress.Queue(String name) -> {
        if (connection.host().routing().queue(name) == null) {
          refused.accept(noQueue(name));
        } else {
          received(new OfQueue(address, name, false, source, filters), then, refused);
        }
      }
      case NodeAddress.Plain(String name) -> {
        if (topic) {
          subscription(link, source, name, filters, then, refused);
        } else {
          OfQueue found = new OfQueue(address, name, false, source, filters);
          existing(name, () -> received(found, then, refused), refused);
        }
      }
    }
  }

  private static ErrorCondition keepsNothing(String exchange) {
    return Conditions.of(
        AmqpError.NOT_ALLOWED,
        "exchange '"
            + exchange
            + "' keeps no messages to receive; bind a queue to it and receive from that");
  }

  /** A queue that a link receives from by itself, and how. */
  private record OfQueue(
      String address, String queue, boolean temporary, Source source, LinkFilters filters) {

    Received received() {
      LinkFilters known = filters.ofQueue();
      boolean browsing = COPY.equals(source.getDistributionMode());
      return new Received(
          address, queue, temporary, temporary, known.selector(), browsing, known.understood());
    }
  }

  private void received(OfQueue found, Consumer<Received> then, Consumer<ErrorCondition> refused) {
    received(found.received(), then, refused);
  }

  private void received(Received found, Consumer<Received> then, Consumer<ErrorCondition> refused) {
    String queue = found.queue();
    if (connection.identities().mayRead(connection.user(), connection.host().name(), queue)) {
      then.accept(found);
    } else {
      refused.accept(access("read", "queue", queue));
    }
  }

  /** A link without a source: the peer wants to know the durable subscription of this name. */
  private void resume(Sender link, Consumer<Received> then, Consumer<ErrorCondition> refused) {
    String queue = subscriptionQueue(link.getName(), false);
    String shared = subscriptionQueue(link.getName(), true);
    if (connection.host().routing().queue(queue) != null) {
      received(new Received(queue, queue, true, false, null, false, Map.of()), then, refused);
    } else if (connection.host().routing().queue(shared) != null) {
      received(new Received(shared, shared, true, false, null, false, Map.of()), then, refused);
    } else {
      refused.accept(
          Conditions.of(
              AmqpError.NOT_FOUND, "no subscription '" + link.getName() + "' to resume; make one"));
    }
  }

  private void subscription(
      Sender link,
      Source source,
      String topic,
      LinkFilters filters,
      Consumer<Received> then,
      Consumer<ErrorCondition> refused) {
    boolean durable =
        (source.getDurable() != null && source.getDurable() != TerminusDurability.NONE)
            || source.getExpiryPolicy() == TerminusExpiryPolicy.NEVER;
    boolean shared = has(source.getCapabilities(), SHARED);
    boolean global = has(source.getCapabilities(), GLOBAL);
    String queue =
        durable || shared ? subscriptionQueue(link.getName(), global) : GeneratedNames.queue();
    if (!connection.identities().mayRead(connection.user(), connection.host().name(), TOPICS)) {
      refused.accept(access("read", "exchange", TOPICS));
      return;
    }
    // What a subscription does not want never enters its queue, where nobody would take it out.
    Arguments admission =
        Admission.arguments(
            filters.selector(), filters.noLocal() ? connection.containerId() : null);
    Binding binding = new Binding(TOPICS, new Destination.ToQueue(queue), topic, Arguments.EMPTY);
    Received found = new Received(topic, queue, durable, false, null, false, filters.understood());
    replaced(
        binding,
        queue,
        admission,
        () ->
            declare(
                queue,
                durable,
                !durable && !shared,
                !durable,
                admission,
                () ->
                    ask(
                        request -> new Command.Bind(connection.id(), request, binding),
                        reply -> received(found, then, refused),
                        refused),
                refused),
        refused);
  }

  /**
   * Goes on when there is no other subscription of this name. One to another topic, or with other
   * filters, ends here as if it was unsubscribed, unless somebody uses it (Jakarta Messaging 3.1,
   * section 8.3.3).
   */
  private void replaced(
      Binding binding,
      String queue,
      Arguments admission,
      Runnable then,
      Consumer<ErrorCondition> refused) {
    RoutingTable routing = connection.host().routing();
    QueueDefinition existing = routing.queue(queue);
    if (existing == null
        || (existing.arguments().equals(admission)
            && routing.bindingsTo(binding.destination()).contains(binding))) {
      then.run();
      return;
    }
    ask(
        request -> new Command.DeleteQueue(connection.id(), request, queue, true, false),
        reply -> then.run(),
        refused);
  }

  /** Qpid JMS puts what makes the link unique behind a bar; the subscription's name is before. */
  private String subscriptionQueue(String link, boolean global) {
    int bar = link.indexOf('|');
    String name = bar < 0 ? link : link.substring(0, bar);
    return "subscription." + (global ? "" : connection.containerId() + ".") + name;
  }

  // ---- making and deleting -------------------------------------------------------------------

  /** Goes on when the queue exists, making it where that is allowed. */
  private void existing(String name, Runnable then, Consumer<ErrorCondition> refused) {
    if (connection.host().routing().queue(name) != null) {
      then.run();
    } else if (connection.limits().createQueues()) {
      declare(name, true, false, false, Arguments.EMPTY, then, refused);
    } else {
      refused.accept(noQueue(name));
    }
  }

  /**
   * Why a dynamic node cannot have the lifetime that is asked for (part 3, section 3.5); or null.
   */
  private static @Nullable ErrorCondition lifetime(@Nullable Map<Symbol, Object> properties) {
    Object policy = properties == null ? null : properties.get(LIFETIME);
    return policy == null || policy instanceof DeleteOnClose
        ? null
        : Conditions.notImplemented(
            "the lifetime policy " + policy.getClass().getSimpleName(),
            "ask for delete-on-close, or declare a queue by /management");
  }

  private void dynamic(boolean nameOnly, Consumer<String> then, Consumer<ErrorCondition> refused) {
    String name = GeneratedNames.queue();
    if (nameOnly) {
      then.accept(name);
    } else {
      declare(name, false, true, false, Arguments.EMPTY, () -> then.accept(name), refused);
    }
  }

  private void declare(
      String name,
      boolean durable,
      boolean exclusive,
      boolean autoDelete,
      Arguments arguments,
      Runnable then,
      Consumer<ErrorCondition> refused) {
    if (!exclusive
        && !connection
            .identities()
            .mayConfigure(connection.user(), connection.host().name(), name)) {
      refused.accept(access("configure", "queue", name));
      return;
    }
    ask(
        request ->
            new Command.DeclareQueue(
                connection.id(), request, name, false, durable, exclusive, autoDelete, arguments),
        reply -> then.run(),
        refused);
  }

  private void ask(
      LongFunction<Command> command, Consumer<Reply> then, Consumer<ErrorCondition> refused) {
    connection.ask(
        command,
        reply -> {
          if (reply instanceof Reply.Refused(Refusal refusal)) {
            refused.accept(Conditions.of(refusal));
          } else {
            then.accept(reply);
          }
        });
  }

  /** Deletes a queue that ends with its link, then goes on, whatever came of it. */
  void delete(String queue, Runnable then) {
    connection.ask(
        request -> new Command.DeleteQueue(connection.id(), request, queue, false, false),
        reply -> then.run());
  }

  // ---- words ---------------------------------------------------------------------------------

  private static boolean isTopic(Symbol @Nullable [] capabilities) {
    return has(capabilities, TOPIC) || has(capabilities, TEMPORARY_TOPIC);
  }

  private static boolean has(Symbol @Nullable [] capabilities, Symbol capability) {
    return capabilities != null && Arrays.asList(capabilities).contains(capability);
  }

  private ErrorCondition access(String verb, String kind, String name) {
    return Conditions.of(
        AmqpError.UNAUTHORIZED_ACCESS,
        "%s access to %s '%s' in vhost '%s' refused for user '%s'; an administrator can grant it"
            .formatted(verb, kind, name, connection.host().name(), connection.user()));
  }

  private ErrorCondition noQueue(String name) {
    return Conditions.of(
        AmqpError.NOT_FOUND,
        "no queue '%s' in vhost '%s'; declare it first".formatted(name, connection.host().name()));
  }

  private ErrorCondition noExchange(String name) {
    return Conditions.of(
        AmqpError.NOT_FOUND,
        "no exchange '%s' in vhost '%s'; declare it first"
            .formatted(name, connection.host().name()));
  }
}
