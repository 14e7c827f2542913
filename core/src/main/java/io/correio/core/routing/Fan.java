package io.correio.core.routing;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of bindings with their targets, at least one. Immutable; a single one, which is by far the
 * most frequent case, takes no map.
 */
sealed interface Fan {
  /** Returns the set with a binding more. */
  Fan with(Binding binding, Target target);

  /** Returns the set without a binding; null when that was the last one. */
  @Nullable Fan without(Binding binding);

  boolean contains(Binding binding);

  int count();

  /** Hands every target to {@code walk}, without allocation. */
  void emit(Walk walk);

  void forEach(Consumer<Binding> action);

  /** Returns {@code fan}, or a new one if it is null, with a binding more. */
  static Fan added(@Nullable Fan fan, Binding binding, Target target) {
    return fan == null ? new One(binding, target) : fan.with(binding, target);
  }

  /** A single binding. */
  record One(Binding binding, Target target) implements Fan {
    @Override
    public Fan with(Binding other, Target otherTarget) {
      if (binding.equals(other)) {
        return this;
      }
      return new Many(
          PersistentMap.<Binding, Target>empty().with(binding, target).with(other, otherTarget));
    }

    @Override
    public @Nullable Fan without(Binding other) {
      return binding.equals(other) ? null : this;
    }

    @Override
    public boolean contains(Binding other) {
      return binding.equals(other);
    }

    @Override
    public int count() {
      return 1;
    }

    @Override
    public void emit(Walk walk) {
      walk.accept(binding, target);
    }

    @Override
    public void forEach(Consumer<Binding> action) {
      action.accept(binding);
    }
  }

  /** Two bindings or more. */
  record Many(PersistentMap<Binding, Target> targets) implements Fan {
    @Override
    public Fan with(Binding binding, Target target) {
      return targets.containsKey(binding) ? this : new Many(targets.with(binding, target));
    }

    @Override
    public Fan without(Binding binding) {
      PersistentMap<Binding, Target> fewer = targets.without(binding);
      if (fewer == targets) {
        return this;
      }
      if (fewer.size() > 1) {
        return new Many(fewer);
      }
      var last = fewer.iterator().next();
      return new One(last.getKey(), last.getValue());
    }

    @Override
    public boolean contains(Binding binding) {
      return targets.containsKey(binding);
    }

    @Override
    public int count() {
      return targets.size();
    }

    @Override
    public void emit(Walk walk) {
      targets.forEach(walk);
    }

    @Override
    public void forEach(Consumer<Binding> action) {
      targets.forEach((binding, target) -> action.accept(binding));
    }
  }
}
