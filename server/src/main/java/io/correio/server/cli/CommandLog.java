package io.correio.server.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the log goes: standard error, one line each. Set up in code, because reading an XML file
 * for it would take a tenth of the time that a start takes.
 */
final class CommandLog {

  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0}: "
          // Names that peers choose may hold line ends, or what a terminal would obey.
          + "%replace(%msg){'[\0-\37\177-\u009f\u2028\u2029]', '?'}%n";

  private CommandLog() {}

  /** For the server: what an operator should know. */
  static void ofServer() {
    configure(Level.INFO);
  }

  /**
   * For a client command whose libraries log: unconfigured, they would print all they do to
   * standard output, credentials included.
   */
  static void ofClient() {
    configure(Level.WARN);
  }

  /** CORREIO_LOG_LEVEL says otherwise: error, warn, info, debug or trace. */
  private static void configure(Level otherwise) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return; // another logging library was put on the class path, and has its own settings
    }
    context.reset();
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    String level = System.getenv("CORREIO_LOG_LEVEL");
    root.setLevel(Level.toLevel(level == null ? "" : level.toUpperCase(Locale.ROOT), otherwise));
    context.getLogger("io.netty").setLevel(Level.WARN);
  }
}
