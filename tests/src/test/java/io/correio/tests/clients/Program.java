package io.correio.tests.clients;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end and keeps what it printed. */
final class Program {
  /** Debian's packages belong to Debian's interpreter; another may come first on PATH. */
  static final String PYTHON =
      Files.isExecutable(Path.of("/usr/bin/python3")) ? "/usr/bin/python3" : "python3";

  private static final long SECONDS_MAX = 180;

  /** How it ended; {@code errors} is what it said beside its output. */
  record Result(int status, String output, String errors) {
    List<String> lines() {
      return output.lines().toList();
    }
  }

  private Program() {}

  /** Runs {@code command} with {@code input}, at most three minutes. */
  static Result run(String input, List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("program", ".out");
    Path errors = Files.createTempFile("program", ".err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
    // Programs outside of this folder find the Node client here too.
    Path modules = Path.of("node", "node_modules").toAbsolutePath();
    builder.environment().put("NODE_PATH", modules.toString());
    Process process = builder.start();
    try {
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended without reading; its status says whether that is wrong.
      }
      if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
        throw new IOException(command + " still runs after " + SECONDS_MAX + " s");
      }
      return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
    } finally {
      process.destroyForcibly();
      Files.delete(output);
      Files.delete(errors);
    }
  }
}
