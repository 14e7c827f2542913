package io.correio.tests.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link Broker}: one process for all of them, started for the first and ended after
 * the last. With {@code -Dcorreio.broker=HOST:PORT} the tests talk to that broker instead, which
 * shows whether an expectation is ours alone.
 */
public final class BrokerExtension implements ParameterResolver, AfterEachCallback {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(BrokerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Broker.class;
  }

  @Override
  public Broker resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Shared shared =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .computeIfAbsent(Shared.class, key -> Shared.start(), Shared.class);
    shared.check();
    return shared.broker();
  }

  /** No test may end the broker: the one that does fails, with the broker's last words. */
  @Override
  public void afterEach(ExtensionContext context) {
    Shared shared = context.getRoot().getStore(NAMESPACE).get(Shared.class, Shared.class);
    if (shared != null) {
      shared.check();
    }
  }

  /** The broker of this run; the root context closes it. */
  private record Shared(Broker broker, @Nullable BrokerProcess process, @Nullable Path folder)
      implements AutoCloseable {
    static Shared start() {
      String external = System.getProperty("correio.broker");
      if (external != null) {
        int colon = external.lastIndexOf(':');
        int port = Integer.parseInt(external.substring(colon + 1));
        return new Shared(new Broker(external.substring(0, colon), port), null, null);
      }
      try {
        Path folder = Files.createTempDirectory("correio-test");
        BrokerProcess process = BrokerProcess.start(folder.resolve("data"));
        return new Shared(process.broker(), process, folder);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException("no broker to test", e);
      }
    }

    void check() {
      if (process != null && !process.isAlive()) {
        throw new AssertionError("the broker has ended:\n" + process.output());
      }
    }

    @Override
    public void close() throws IOException {
      if (process != null) {
        process.close();
      }
      if (folder != null) {
        try (Stream<Path> files = Files.walk(folder)) {
          for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
            Files.delete(file);
          }
        }
      }
    }
  }
}
