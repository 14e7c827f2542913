package io.correio.tests.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How large, how named and how documented the sources may be. */
final class TidyTest {
  private static final int FILE_LINES_MAX = 500;
  private static final int METHOD_LINES_MAX = 60;
  private static final Path RATCHET = Path.of("tests/src/test/resources/tidy-ratchet.txt");
  private static final Set<String> NAMELESS =
      Set.of("util", "utils", "common", "helper", "helpers");
  // Joined here, so that this file does not contain them.
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(" + String.join("|", "TO" + "DO", "FIX" + "ME", "X" + "XX") + ")\\b");

  private final SourceTree tree = SourceTree.find();

  @Test
  void no_file_is_longer_than_500_lines() throws IOException {
    Ratchet ratchet = Ratchet.read(tree.root().resolve(RATCHET), "file");
    for (Path file : tree.javaFiles()) {
      ratchet.measure(tree.name(file), Files.readAllLines(file).size(), FILE_LINES_MAX);
    }
    assertThat(ratchet.complaints()).isEmpty();
  }

  @Test
  void no_method_is_longer_than_60_lines() throws IOException {
    Ratchet ratchet = Ratchet.read(tree.root().resolve(RATCHET), "method");
    // Overloads share a name: the longest of them counts.
    Map<String, Integer> longest = new HashMap<>();
    for (MethodLengths.Method method : MethodLengths.of(tree.javaFiles())) {
      longest.merge(tree.name(method.file()) + ":" + method.name(), method.lines(), Math::max);
    }
    longest.forEach((name, lines) -> ratchet.measure(name, lines, METHOD_LINES_MAX));
    assertThat(longest).isNotEmpty();
    assertThat(ratchet.complaints()).isEmpty();
  }

  @Test
  void every_package_says_what_it_is() throws IOException {
    Set<String> undocumented = new TreeSet<>();
    for (Path file : tree.javaFiles()) {
      // A module's tests share the package, and so the description, of what they test.
      Path info = file.resolveSibling("package-info.java");
      Path shared = Path.of(info.toString().replace("/src/test/java/", "/src/main/java/"));
      if (!describes(info) && !describes(shared)) {
        undocumented.add(tree.name(info));
      }
    }
    assertThat(undocumented).as("packages without Javadoc and @NullMarked").isEmpty();
  }

  private static boolean describes(Path info) throws IOException {
    String text = Files.exists(info) ? Files.readString(info) : "";
    return text.contains("/**") && text.contains("@NullMarked");
  }

  @Test
  void no_package_has_a_name_that_says_nothing() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : tree.javaFiles()) {
      for (Path part : tree.root().relativize(file)) {
        if (NAMELESS.contains(part.toString())) {
          found.add(tree.name(file));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void no_type_is_called_impl() throws IOException {
    assertThat(tree.javaFiles())
        .extracting(file -> file.getFileName().toString())
        .noneMatch(name -> name.endsWith("Impl.java"));
  }

  @Test
  void nothing_is_left_to_do_in_the_sources() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : tree.files()) {
      List<String> lines;
      try {
        lines = Files.readAllLines(file);
      } catch (MalformedInputException binary) {
        continue;
      }
      for (int i = 0; i < lines.size(); i++) {
        if (UNFINISHED.matcher(lines.get(i)).find()) {
          found.add(tree.name(file) + ":" + (i + 1));
        }
      }
    }
    assertThat(found).isEmpty();
  }
}
