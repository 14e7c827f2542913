package io.correio.core.routing;

import java.util.function.Consumer;

/** Sends a message to the bindings that have its key. */
final class DirectExchange extends Exchange {
  private final PersistentMap<String, Fan> fans;

  DirectExchange(ExchangeDefinition definition, PersistentMap<String, Fan> fans) {
    super(definition);
    this.fans = fans;
  }

  @Override
  DirectExchange redefined(ExchangeDefinition definition) {
    return new DirectExchange(definition, fans);
  }

  @Override
  DirectExchange with(Binding binding, Target target) {
    String key = binding.key();
    return changed(fans.with(key, Fan.added(fans.get(key), binding, target)));
  }

  @Override
  DirectExchange without(Binding binding) {
    Fan fan = fans.get(binding.key());
    if (fan == null) {
      return this;
    }
    Fan rest = fan.without(binding);
    return changed(rest == null ? fans.without(binding.key()) : fans.with(binding.key(), rest));
  }

  private DirectExchange changed(PersistentMap<String, Fan> changed) {
    return changed == fans ? this : new DirectExchange(definition(), changed);
  }

  @Override
  boolean contains(Binding binding) {
    Fan fan = fans.get(binding.key());
    return fan != null && fan.contains(binding);
  }

  @Override
  boolean hasBindings() {
    return !fans.isEmpty();
  }

  @Override
  void forEachBinding(Consumer<Binding> action) {
    fans.forEach((key, fan) -> fan.forEach(action));
  }

  @Override
  void match(String key, HeaderSource headers, Walk walk) {
    Fan fan = fans.get(key);
    if (fan != null) {
      fan.emit(walk);
    }
  }
}
