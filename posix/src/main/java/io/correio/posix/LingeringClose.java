package io.correio.posix;

import io.correio.posix.descriptor.OpenDescriptor;
import java.util.concurrent.CompletableFuture;

/** A close(2) that may block for seconds, for a virtual thread: on a platform thread of its own. */
final class LingeringClose {
  private LingeringClose() {}

  static int run(OpenDescriptor descriptor) {
    CompletableFuture<Integer> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("posix-lingering-close")
        .start(() -> result.complete(descriptor.closeNumber()));
    return result.join();
  }
}
