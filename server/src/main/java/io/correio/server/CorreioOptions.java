package io.correio.server;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to start a broker in this process. Immutable; begin with {@link #inMemory()} or {@link
 * #onFolder}.
 *
 * @param config ports, limits, and the folder of a broker that keeps what it has
 * @param keepsData false for a broker whose messages and definitions end with it
 * @param announce told, in a line each, as soon as something is ready, such as {@code AMQP on
 *     127.0.0.1:5672}; must not block
 * @param fatal what to do when the disk fails; null to say so and end the process at once, since no
 *     promise can be kept any more
 */
public record CorreioOptions(
    Config config, boolean keepsData, Consumer<String> announce, @Nullable FatalError fatal) {

  /** What to do when the disk fails. */
  @FunctionalInterface
  public interface FatalError {
    /** Called by the thread that found it; messages may be accepted no more. */
    void failed(String reason, Throwable cause);
  }

  /** On free ports of the loopback, without a disk: for tests and for queues within a program. */
  public static CorreioOptions inMemory() {
    return of(freePorts(), false);
  }

  /** On free ports of the loopback; what is in the folder is there again at the next start. */
  public static CorreioOptions onFolder(Path data) {
    return of(freePorts().with(Setting.DATA, data.toString()), true);
  }

  /** As configured, with the folder that the configuration names. */
  public static CorreioOptions of(Config config) {
    return new CorreioOptions(config, true, line -> {}, null);
  }

  /** The same with another configuration. */
  public CorreioOptions withConfig(Config other) {
    return new CorreioOptions(other, keepsData, announce, fatal);
  }

  /** The same, announcing what is ready. */
  public CorreioOptions withAnnounce(Consumer<String> other) {
    return new CorreioOptions(config, keepsData, other, fatal);
  }

  /** The same with another answer to a disk that fails. */
  public CorreioOptions withFatal(FatalError other) {
    return new CorreioOptions(config, keepsData, announce, other);
  }

  private static CorreioOptions of(Settings settings, boolean keepsData) {
    return new CorreioOptions(Config.of(settings), keepsData, line -> {}, null);
  }

  private static Settings freePorts() {
    return Settings.DEFAULTS.with(Setting.AMQP_PORT, 0).with(Setting.HTTP_PORT, 0);
  }
}
