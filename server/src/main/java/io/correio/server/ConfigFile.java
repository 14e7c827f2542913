package io.correio.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/** Reads a configuration file: TOML, with the keys that {@link Setting} lists and no others. */
final class ConfigFile {

  /** No configuration is larger; whatever is, is another file. */
  private static final long MAX_BYTES = 1 << 20;

  private ConfigFile() {}

  /**
   * Reads a file over settings.
   *
   * @throws ConfigException naming the file, the line and the key that cannot be used
   */
  static Settings read(Path file, Settings under) {
    TomlParseResult toml = Toml.parse(content(file));
    if (toml.hasErrors()) {
      var first = toml.errors().getFirst();
      throw error(file, first.position(), String.valueOf(first.getMessage()));
    }
    Settings settings = under;
    for (String key : toml.dottedKeySet()) {
      TomlPosition position = toml.inputPositionOf(key);
      Setting setting = named(key);
      if (setting == null) {
        throw error(
            file, position, "unknown key %s; did you mean %s?".formatted(key, nearest(key).key()));
      }
      try {
        settings = set(settings, setting, Objects.requireNonNull(toml.get(key)));
      } catch (ConfigException e) {
        throw error(file, position, String.valueOf(e.getMessage()));
      }
    }
    return settings;
  }

  private static String content(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ConfigException(file + " has more than 1 MiB: it is no configuration file");
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException("there is no configuration file " + file);
    } catch (IOException e) {
      throw new ConfigException(
          "the configuration file %s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private static Settings set(Settings settings, Setting setting, Object value) {
    return switch (value) {
      case String text -> settings.with(setting, text);
      case Long number -> settings.with(setting, number);
      default ->
          throw new ConfigException(
              setting.key()
                  + " must be "
                  + (setting.isText() ? "text in quotation marks" : "a whole number"));
    };
  }

  private static ConfigException error(Path file, @Nullable TomlPosition position, String what) {
    String place = position == null ? "" : ", line " + position.line();
    return new ConfigException(file + place + ": " + what);
  }

  private static @Nullable Setting named(String key) {
    for (Setting setting : Setting.values()) {
      if (setting.key().equals(key)) {
        return setting;
      }
    }
    return null;
  }

  /** The known key that needs the fewest changes of a character. */
  static Setting nearest(String key) {
    Setting nearest = Setting.NAME;
    int least = Integer.MAX_VALUE;
    for (Setting setting : Setting.values()) {
      String known = setting.key();
      // The right name in the wrong table is near as well.
      int distance = Math.min(distance(key, known), 2 + distance(lastPart(key), lastPart(known)));
      if (distance < least) {
        least = distance;
        nearest = setting;
      }
    }
    return nearest;
  }

  private static String lastPart(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
