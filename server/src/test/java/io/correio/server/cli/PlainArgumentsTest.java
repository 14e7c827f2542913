package io.correio.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainArgumentsTest {

  private static final Set<String> KNOWN = Set.of("--port", "--name");

  @Test
  void both_forms_of_options_and_positionals_in_any_order_are_read() {
    PlainArguments plain =
        PlainArguments.read(List.of("a", "--port", "-1", "b c", "--name=x=y"), KNOWN);
    assertThat(plain).isNotNull();
    assertThat(plain.positionals()).containsExactly("a", "b c");
    assertThat(plain.integer("--port")).isEqualTo(-1);
    assertThat(plain.option("--name")).isEqualTo("x=y");
    assertThat(plain.option("--other")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "-h",
        "--prot 1",
        "--port",
        "--port --name",
        "--port=1 --port=2",
        "-- a",
        "-p1"
      })
  void anything_else_is_left_to_who_can_explain_it(String line) {
    assertThat(PlainArguments.read(List.of(line.split(" ", -1)), KNOWN)).isNull();
  }
}
