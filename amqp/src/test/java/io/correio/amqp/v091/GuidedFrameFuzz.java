package io.correio.amqp.v091;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@link FrameFuzzTest} checks, for a fuzzer that is guided by coverage: {@code scripts/fuzz}
 * runs it under Jazzer, on demand.
 */
public final class GuidedFrameFuzz {

  private static final int FRAME_MAX = 4096;
  private static final int SAMPLES = 50;

  private GuidedFrameFuzz() {}

  /** Jazzer's entry: whatever is thrown is a finding. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    if (bytes.length > 0) {
      // The first byte says how the engine is used: as server or client, in pieces of what size.
      FrameFuzzTest.check(bytes, new RandomValues(bytes[0]));
    }
  }

  /** Writes sound traffic into the folder named, for the fuzzer to begin with. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (int seed = 0; seed < SAMPLES; seed++) {
      byte[] bytes = Traffic.mixed(seed, 10, FRAME_MAX).bytes();
      Files.write(folder.resolve("traffic-" + seed), bytes);
    }
  }
}
