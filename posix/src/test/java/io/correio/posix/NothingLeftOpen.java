package io.correio.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that left a descriptor open, with the stack that opened it. */
final class NothingLeftOpen implements AfterEachCallback {
  @Override
  public void afterEach(ExtensionContext context) {
    assertThat(Leaks.isWatching()).isTrue();
    assertThat(Leaks.open()).isEmpty();
  }
}
