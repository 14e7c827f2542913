package io.correio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigTest {

  @TempDir private Path folder;

  private Settings read(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("correio.toml"), content);
    return ConfigFile.read(file, Settings.DEFAULTS);
  }

  @Test
  void file_overrides_what_it_names_and_nothing_else() throws IOException {
    Config config =
        Config.of(
            read(
                """
                name = "lisbon"
                [listen]
                amqp-port = 0   # any
                [limits]
                max-connections = 5
                [security]
                loopback-users = "guest, admin"
                """));
    assertThat(config.name()).isEqualTo("lisbon");
    assertThat(config.listen().amqpPort()).isZero();
    assertThat(config.limits().maxConnections()).isEqualTo(5);
    assertThat(config.logins().loopbackUsers()).containsExactlyInAnyOrder("guest", "admin");
    assertThat(config.listen().httpPort()).isEqualTo(15_672);
    assertThat(config.data()).isEqualTo(Path.of("data"));
  }

  @Test
  void empty_file_and_no_file_are_alike() throws IOException {
    assertThat(Config.of(read(""))).isEqualTo(Config.of(Settings.DEFAULTS));
  }

  @ParameterizedTest
  @CsvSource({
    "listen.amqp-prot, listen.amqp-port",
    "limits.max-conections, limits.max-connections",
    "max-connections, limits.max-connections",
    "listen.max-connections, limits.max-connections",
    "nam, name"
  })
  void unknown_key_is_refused_with_its_line_and_the_nearest_one(String wrong, String right) {
    assertThatThrownBy(() -> read("# a comment\n" + wrong + " = 1\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("correio.toml, line 2: unknown key " + wrong)
        .hasMessageContaining("did you mean " + right + "?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name = 3 | name is text: put it in quotation marks",
        "name = [\"a\"] | name must be text",
        "listen.amqp-port = \"5672\" | listen.amqp-port is a whole number, not text",
        "listen.amqp-port = 1.5 | listen.amqp-port must be a whole number",
        "listen.amqp-port = 70000 | listen.amqp-port = 70000 is out of bounds: it may be 0 to 65535"
      })
  void value_that_does_not_fit_is_refused_with_what_would(String line, String message) {
    assertThatThrownBy(() -> read(line))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("line 1: " + message);
  }

  @Test
  void text_that_is_no_toml_is_refused_with_its_line() {
    assertThatThrownBy(() -> read("name = \"a\"\nlisten = {"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("correio.toml, line 2");
  }

  @Test
  void missing_file_is_named() {
    Path missing = folder.resolve("none.toml");
    assertThatThrownBy(() -> ConfigFile.read(missing, Settings.DEFAULTS))
        .isInstanceOf(ConfigException.class)
        .hasMessage("there is no configuration file " + missing);
  }

  @Test
  void tls_port_without_certificate_is_refused() throws IOException {
    Settings settings = read("listen.amqps-port = 5671");
    assertThatThrownBy(() -> Config.of(settings))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tls.certificate");
  }

  @ParameterizedTest
  @EnumSource
  void default_is_within_bounds(Setting setting) {
    if (!setting.isText()) {
      long value = Settings.DEFAULTS.number(setting);
      assertThat(Settings.DEFAULTS.with(setting, value).number(setting)).isEqualTo(value);
    }
  }

  @Test
  void every_key_is_documented_as_it_is() throws IOException {
    List<String> rows = new ArrayList<>();
    for (Setting setting : Setting.values()) {
      rows.add(row(setting));
    }
    Path document = Path.of("..", "docs", "configuration.md");
    assertThat(Files.readAllLines(document).stream().filter(line -> line.startsWith("| `")))
        .containsExactlyElementsOf(rows);
  }

  private static String row(Setting setting) {
    String value =
        setting.isText()
            ? "\"" + Settings.DEFAULTS.text(setting) + "\""
            : String.valueOf(Settings.DEFAULTS.number(setting));
    String bounds = setting.isText() ? "text" : setting.min() + " to " + setting.max();
    return "| `%s` | `%s` | %s | %s |"
        .formatted(setting.key(), value, bounds, setting.description());
  }
}
