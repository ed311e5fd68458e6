package dev.millrace.producer.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.producer.TestJpegs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Folders of images to prepare, and of what came of them. */
final class TestFolder {
  private TestFolder() {}

  /** Writes {@code train} and {@code val} of two classes with so many images each. */
  static void draw(Path data, int images) throws IOException {
    for (String split : List.of("train", "val")) {
      for (String name : List.of("cat", "dog")) {
        for (int i = 0; i < images; i++) {
          String id = "%s/%s/%d.v%d.JPEG".formatted(split, name, i, i % 3);
          write(data, id, TestJpegs.noise(20 + i % 7, 30 - i % 5, id));
        }
      }
    }
  }

  static void write(Path folder, String path, byte[] bytes) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  /** The files' names, in order; hidden ones are left out. */
  static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    }
  }

  static void assertSame(Path one, Path other) throws IOException {
    assertThat(names(one)).isEqualTo(names(other)).isNotEmpty();
    for (String name : names(one)) {
      assertThat(one.resolve(name)).hasSameBinaryContentAs(other.resolve(name));
    }
  }
}
