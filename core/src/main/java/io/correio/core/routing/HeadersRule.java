package io.correio.core.routing;

import io.correio.core.message.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a headers exchange's bindings, made ready for comparing, with the bindings that
 * have them. Immutable.
 *
 * <p>{@code x-match} says how: {@code all} (also when it is missing) or {@code any} of the other
 * arguments, without those whose names start with {@code x-}; {@code all-with-x} and {@code
 * any-with-x} include these. A void argument asks for the header's presence only.
 */
@SuppressWarnings("ReferenceEquality") // an unchanged part is recognised by being the same object
final class HeadersRule {
  private static final String X_MATCH = "x-match";

  private final boolean any;
  private final List<Condition> conditions;
  private final Fan fan;

  private HeadersRule(boolean any, List<Condition> conditions, Fan fan) {
    this.any = any;
    this.conditions = conditions;
    this.fan = fan;
  }

  static HeadersRule of(Binding binding, Target target) {
    Object match = binding.arguments().get(X_MATCH);
    boolean withX = "all-with-x".equals(match) || "any-with-x".equals(match);
    List<Condition> conditions = new ArrayList<>();
    binding
        .arguments()
        .forEach((name, value) -> {
          if (withX ? !name.equals(X_MATCH) : !name.startsWith("x-")) {
            conditions.add(new Condition(name, value));
          }
        });
    return new HeadersRule(
        "any".equals(match) || "any-with-x".equals(match),
        List.copyOf(conditions),
        Fan.added(null, binding, target));
  }

  HeadersRule with(Fan changed) {
    return changed == fan ? this : new HeadersRule(any, conditions, changed);
  }

  Fan fan() {
    return fan;
  }

  boolean matches(HeaderSource headers) {
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i).holds(headers) == any) {
        return any;
      }
    }
    return !any;
  }

  /**
   * Returns what is wrong with the arguments of a binding to a headers exchange, if anything is.
   */
  static Optional<String> refusal(Arguments arguments) {
    if (!arguments.contains(X_MATCH)) {
      return Optional.empty();
    }
    Object match = arguments.get(X_MATCH);
    return match instanceof String word
            && List.of("all", "any", "all-with-x", "any-with-x").contains(word)
        ? Optional.empty()
        : Optional.of(
            "x-match is '%s'; it must be all, any, all-with-x or any-with-x".formatted(match));
  }

  private record Condition(String name, @Nullable Object value) {
    boolean holds(HeaderSource headers) {
      return value == null
          ? headers.hasHeader(name)
          : Arguments.sameValue(value, headers.header(name));
    }
  }
}
