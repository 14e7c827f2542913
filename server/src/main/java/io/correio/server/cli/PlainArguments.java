package io.correio.server.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command line that is what it should be, read without picocli, which takes longer to load than
 * the rest of a start. Whatever is not plain (help, mistakes, abbreviations) is left to picocli,
 * which knows how to explain it. Immutable.
 */
final class PlainArguments {

  private final Map<String, String> options;
  private final List<String> positionals;

  private PlainArguments(Map<String, String> options, List<String> positionals) {
    this.options = options;
    this.positionals = positionals;
  }

  /**
   * Reads {@code --option value}, {@code --option=value} and positional arguments.
   *
   * @param arguments without the name of the command
   * @param known options, each of which takes a value
   * @return null when there is anything else, or an option twice
   */
  static @Nullable PlainArguments read(List<String> arguments, Set<String> known) {
    Map<String, String> options = new HashMap<>();
    List<String> positionals = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("-")) {
        positionals.add(argument);
        continue;
      }
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (!known.contains(name) || (equals < 0 && ++i == arguments.size())) {
        return null;
      }
      String value = equals < 0 ? arguments.get(i) : argument.substring(equals + 1);
      if (value.startsWith("--") || options.put(name, value) != null) {
        return null;
      }
    }
    return new PlainArguments(options, positionals);
  }

  /** The value of an option, or null. */
  @Nullable String option(String name) {
    return options.get(name);
  }

  /** The arguments that are no options. */
  List<String> positionals() {
    return positionals;
  }

  /**
   * The value of an option that is a whole number, or null.
   *
   * @throws NumberFormatException when it is none
   */
  @Nullable Integer integer(String name) {
    String value = options.get(name);
    return value == null ? null : Integer.valueOf(value);
  }
}
