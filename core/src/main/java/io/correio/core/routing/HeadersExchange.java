package io.correio.core.routing;

import io.correio.core.message.Arguments;
import java.util.function.Consumer;

/**
 * Sends a message to the bindings whose arguments fit its headers. The bindings with the same
 * arguments are tried once.
 */
final class HeadersExchange extends Exchange {
  private final PersistentMap<Arguments, HeadersRule> rules;

  HeadersExchange(ExchangeDefinition definition, PersistentMap<Arguments, HeadersRule> rules) {
    super(definition);
    this.rules = rules;
  }

  @Override
  HeadersExchange redefined(ExchangeDefinition definition) {
    return new HeadersExchange(definition, rules);
  }

  @Override
  HeadersExchange with(Binding binding, Target target) {
    HeadersRule rule = rules.get(binding.arguments());
    HeadersRule more =
        rule == null
            ? HeadersRule.of(binding, target)
            : rule.with(rule.fan().with(binding, target));
    return changed(rules.with(binding.arguments(), more));
  }

  @Override
  HeadersExchange without(Binding binding) {
    HeadersRule rule = rules.get(binding.arguments());
    if (rule == null) {
      return this;
    }
    Fan rest = rule.fan().without(binding);
    return changed(
        rest == null
            ? rules.without(binding.arguments())
            : rules.with(binding.arguments(), rule.with(rest)));
  }

  private HeadersExchange changed(PersistentMap<Arguments, HeadersRule> changed) {
    return changed == rules ? this : new HeadersExchange(definition(), changed);
  }

  @Override
  boolean contains(Binding binding) {
    HeadersRule rule = rules.get(binding.arguments());
    return rule != null && rule.fan().contains(binding);
  }

  @Override
  boolean hasBindings() {
    return !rules.isEmpty();
  }

  @Override
  void forEachBinding(Consumer<Binding> action) {
    rules.forEach((arguments, rule) -> rule.fan().forEach(action));
  }

  @Override
  void match(String key, HeaderSource headers, Walk walk) {
    walk.tryRules(rules, headers);
  }
}
