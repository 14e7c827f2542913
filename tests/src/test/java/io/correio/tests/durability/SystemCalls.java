package io.correio.tests.durability;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The system calls of a process and all its threads, read from what {@code strace -f -xx} wrote.
 * Places in the file are the clock: a call spans from the line where it began to the line where it
 * returned.
 */
final class SystemCalls {
  private static final Pattern LINE = Pattern.compile("(?:\\[pid +)?(\\d+)\\]? +(.*)");
  private static final Pattern BEGIN = Pattern.compile("(\\w+)\\((.*)");
  private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. (\\w+) resumed>(.*)");
  private static final Pattern STRING = Pattern.compile("\"((?:\\\\x[0-9a-f]{2})*)\"");
  private static final String UNFINISHED = "<unfinished ...>";

  /** One call: its name, the file descriptor it began with, all strings it carried, its span. */
  record Call(String name, int descriptor, List<String> strings, int began, int returned) {
    /** The bytes it wrote, one character each. */
    String bytes() {
      return String.join("", strings);
    }
  }

  private record Open(String name, String arguments, int began) {}

  private SystemCalls() {}

  static List<Call> read(Path trace) throws IOException {
    List<Call> calls = new ArrayList<>();
    Map<String, Open> open = new HashMap<>();
    try (BufferedReader reader = Files.newBufferedReader(trace, StandardCharsets.ISO_8859_1)) {
      int number = 0;
      for (String text = reader.readLine(); text != null; text = reader.readLine(), number++) {
        Matcher line = LINE.matcher(text);
        if (!line.matches()) {
          continue;
        }
        String thread = line.group(1);
        String rest = line.group(2);
        Matcher resumed = RESUMED.matcher(rest);
        if (resumed.matches()) {
          Open begun = open.remove(thread);
          if (begun != null) {
            calls.add(
                call(begun.name(), begun.arguments() + resumed.group(2), begun.began(), number));
          }
          continue;
        }
        Matcher begin = BEGIN.matcher(rest);
        if (!begin.matches()) {
          continue;
        }
        if (rest.endsWith(UNFINISHED)) {
          open.put(thread, new Open(begin.group(1), begin.group(2), number));
        } else {
          calls.add(call(begin.group(1), begin.group(2), number, number));
        }
      }
    }
    return calls;
  }

  private static Call call(String name, String arguments, int began, int returned) {
    List<String> strings = new ArrayList<>();
    Matcher matcher = STRING.matcher(arguments);
    while (matcher.find()) {
      byte[] bytes = HexFormat.of().parseHex(matcher.group(1).replace("\\x", ""));
      strings.add(new String(bytes, StandardCharsets.ISO_8859_1));
    }
    Matcher descriptor = Pattern.compile("^(\\d+)").matcher(arguments);
    int number = descriptor.find() ? Integer.parseInt(descriptor.group(1)) : -1;
    return new Call(name, number, strings, began, returned);
  }
}
