package io.correio.core.routing;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends a message to every binding. */
@SuppressWarnings("ReferenceEquality") // an unchanged part is recognised by being the same object
final class FanoutExchange extends Exchange {
  private final @Nullable Fan fan;

  FanoutExchange(ExchangeDefinition definition, @Nullable Fan fan) {
    super(definition);
    this.fan = fan;
  }

  @Override
  FanoutExchange redefined(ExchangeDefinition definition) {
    return new FanoutExchange(definition, fan);
  }

  @Override
  FanoutExchange with(Binding binding, Target target) {
    Fan changed = Fan.added(fan, binding, target);
    return changed == fan ? this : new FanoutExchange(definition(), changed);
  }

  @Override
  FanoutExchange without(Binding binding) {
    Fan changed = fan == null ? null : fan.without(binding);
    return changed == fan ? this : new FanoutExchange(definition(), changed);
  }

  @Override
  boolean contains(Binding binding) {
    return fan != null && fan.contains(binding);
  }

  @Override
  boolean hasBindings() {
    return fan != null;
  }

  @Override
  void forEachBinding(Consumer<Binding> action) {
    if (fan != null) {
      fan.forEach(action);
    }
  }

  @Override
  void match(String key, HeaderSource headers, Walk walk) {
    if (fan != null) {
      fan.emit(walk);
    }
  }
}
