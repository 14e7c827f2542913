package io.correio.tests.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The repository's files as they lie on disk, without what builds leave behind. Immutable. */
final class SourceTree {
  private static final Set<String> BUILT =
      Set.of("target", "node_modules", ".git", ".correio", "data");

  private final Path root;

  private SourceTree(Path root) {
    this.root = root;
  }

  /** The tree that the tests run in: the nearest folder upwards that holds the launcher. */
  static SourceTree find() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      if (Files.exists(folder.resolve("correio")) && Files.exists(folder.resolve("LICENSE"))) {
        return new SourceTree(folder);
      }
      folder = folder.getParent();
    }
    throw new IllegalStateException("no repository above " + Path.of("").toAbsolutePath());
  }

  Path root() {
    return root;
  }

  /** The path as people name it: relative to the root, with slashes. */
  String name(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).filter(this::isSource).sorted().toList();
    }
  }

  List<Path> javaFiles() throws IOException {
    return files().stream().filter(file -> file.toString().endsWith(".java")).toList();
  }

  private boolean isSource(Path file) {
    for (Path part : root.relativize(file)) {
      if (BUILT.contains(part.toString())) {
        return false;
      }
    }
    return true;
  }
}
