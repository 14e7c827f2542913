package io.correio.server;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * A value for every {@link Setting}: what the configuration file and the command line say, and the
 * defaults for the rest. Immutable.
 */
public final class Settings {

  /** Nothing said. */
  public static final Settings DEFAULTS = new Settings(new EnumMap<>(Setting.class));

  private final Map<Setting, Object> said;

  private Settings(Map<Setting, Object> said) {
    this.said = said;
  }

  /**
   * What a configuration file says, and the defaults.
   *
   * @throws ConfigException naming the file, the line and the key that cannot be used
   */
  public static Settings read(Path file) {
    return ConfigFile.read(file, DEFAULTS);
  }

  /** These settings with another text. */
  public Settings with(Setting setting, String value) {
    if (!setting.isText()) {
      throw new ConfigException(setting.key() + " is a whole number, not text");
    }
    return set(setting, value);
  }

  /**
   * These settings with another number.
   *
   * @throws ConfigException when it is out of bounds
   */
  public Settings with(Setting setting, long value) {
    if (setting.isText()) {
      throw new ConfigException(setting.key() + " is text: put it in quotation marks");
    }
    if (value < setting.min() || value > setting.max()) {
      throw new ConfigException(
          "%s = %d is out of bounds: it may be %d to %d"
              .formatted(setting.key(), value, setting.min(), setting.max()));
    }
    return set(setting, value);
  }

  private Settings set(Setting setting, Object value) {
    Map<Setting, Object> copy = new EnumMap<>(said);
    copy.put(setting, value);
    return new Settings(copy);
  }

  private Object value(Setting setting) {
    Object value = said.get(setting);
    return value == null ? setting.defaultValue() : value;
  }

  /** The value of a setting that is a text. */
  public String text(Setting setting) {
    return (String) value(setting);
  }

  /** The value of a setting that is a number. */
  public long number(Setting setting) {
    return (Long) value(setting);
  }

  /** The value of a setting whose bounds are those of an int. */
  public int integer(Setting setting) {
    return Math.toIntExact(number(setting));
  }
}
