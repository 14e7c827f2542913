package io.correio.core.routing;

import io.correio.core.message.Arguments;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One message's way through a routing table: from exchange to exchange, each visited once, to the
 * queues. Belongs to a {@link Targets}, into which it puts the queues' ids, and keeps its room from
 * one message to the next. Owned by the thread that owns the targets.
 */
final class Walk implements BiConsumer<Binding, Target> {
  private static final PersistentMap<String, QueueDefinition> NO_QUEUES = PersistentMap.empty();
  private static final PersistentMap<String, Exchange> NO_EXCHANGES = PersistentMap.empty();

  private final Targets targets;
  private final Worklist<Exchange> visited = new Worklist<>();
  private final BiConsumer<Arguments, HeadersRule> tryRule = this::tryRule;
  private PersistentMap<String, QueueDefinition> queues = NO_QUEUES;
  private PersistentMap<String, Exchange> exchanges = NO_EXCHANGES;
  private HeaderSource headers = HeaderSource.NONE;
  private @Nullable TopicMatcher topics;

  /** Whether the exchange being visited had a binding that matches. */
  private boolean matched;

  private boolean routed;

  Walk(Targets targets) {
    this.targets = targets;
  }

  RouteResult route(
      PersistentMap<String, QueueDefinition> queues,
      PersistentMap<String, Exchange> exchanges,
      Exchange first,
      String key,
      HeaderSource headers) {
    this.queues = queues;
    this.exchanges = exchanges;
    routed = false;
    visited.add(first);
    try {
      for (int i = 0; i < visited.count(); i++) {
        visit(visited.get(i), key, headers);
      }
      return routed ? RouteResult.ROUTED : RouteResult.UNROUTABLE;
    } finally {
      visited.clear();
      this.queues = NO_QUEUES;
      this.exchanges = NO_EXCHANGES;
    }
  }

  private void visit(Exchange exchange, String key, HeaderSource headers) {
    matched = false;
    exchange.match(key, headers, this);
    String alternate = exchange.alternate();
    if (!matched && alternate != null) {
      follow(alternate, key);
    }
  }

  private void follow(String alternate, String key) {
    if (alternate.isEmpty()) {
      QueueDefinition queue = queues.get(key);
      if (queue != null) {
        add(queue);
      }
      return;
    }
    visitLater(alternate);
  }

  private void visitLater(String name) {
    Exchange exchange = exchanges.get(name);
    if (exchange != null) {
      visited.add(exchange);
    }
  }

  private void add(QueueDefinition queue) {
    routed = true;
    targets.add(queue.id());
  }

  /** Takes the target of a binding that matches. */
  @Override
  public void accept(Binding binding, Target target) {
    matched = true;
    switch (target) {
      case QueueDefinition queue -> add(queue);
      case Destination.ToExchange exchange -> visitLater(exchange.name());
    }
  }

  /** Takes the targets of the bindings whose pattern fits {@code key}. */
  void matchTopics(TopicNode root, String key) {
    TopicMatcher matcher = topics;
    if (matcher == null) {
      matcher = new TopicMatcher(this);
      topics = matcher;
    }
    matcher.match(root, key);
  }

  /** Takes the targets of the rules that fit {@code headers}. */
  void tryRules(PersistentMap<Arguments, HeadersRule> rules, HeaderSource headers) {
    this.headers = headers;
    try {
      rules.forEach(tryRule);
    } finally {
      this.headers = HeaderSource.NONE;
    }
  }

  private void tryRule(Arguments arguments, HeadersRule rule) {
    if (rule.matches(headers)) {
      rule.fan().emit(this);
    }
  }
}
