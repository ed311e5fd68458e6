package dev.millrace.producer;

import dev.millrace.producer.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Folders of files that bear the names of images; a producer does not look into them. */
final class TestDataset {
  private TestDataset() {}

  /** Writes CLASS/NNNN.jpg in four classes; returns the ids. */
  static List<String> write(Path root, int files, int bytes) throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      String id = "%s/%04d.jpg".formatted(List.of("ant", "bee", "cat", "dog").get(i % 4), i);
      byte[] content = new byte[bytes];
      Arrays.fill(content, (byte) i);
      Path file = root.resolve(id);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
      ids.add(id);
    }
    return ids;
  }

  static Dataset open(Path root) throws Exception {
    return Dataset.open(root, 0.1, 1);
  }
}
