package io.correio.tests.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sizes that are over a limit today and may only shrink. One line each in the ratchet file: a
 * kind ({@code file} or {@code method}), its name, and the lines it may have. A line that is larger
 * than needed, or needed no more, fails as well, so the file only ever gets shorter.
 */
final class Ratchet {
  private final Map<String, Integer> allowed = new HashMap<>();
  private final List<String> complaints = new ArrayList<>();

  static Ratchet read(Path file, String kind) throws IOException {
    Ratchet ratchet = new Ratchet();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.trim().split("\\s+", -1);
      if (words.length == 3 && words[0].equals(kind)) {
        ratchet.allowed.put(words[1], Integer.parseInt(words[2]));
      }
    }
    return ratchet;
  }

  /** Says that {@code name} has {@code lines} lines where {@code limit} are wanted. */
  void measure(String name, int lines, int limit) {
    Integer exception = allowed.remove(name);
    if (exception == null) {
      if (lines > limit) {
        complaints.add(name + " has " + lines + " lines, at most " + limit + ": split it");
      }
    } else if (lines > exception) {
      complaints.add(name + " grew from " + exception + " to " + lines + " lines: split it");
    } else if (lines < exception) {
      complaints.add(
          name
              + " shrank from "
              + exception
              + " to "
              + lines
              + " lines: lower it in the ratchet file, or remove it at "
              + limit);
    }
  }

  /** What is wrong, once everything was measured. */
  List<String> complaints() {
    List<String> all = new ArrayList<>(complaints);
    allowed.keySet().forEach(name -> all.add(name + " is gone: remove it from the ratchet file"));
    return all;
  }
}
