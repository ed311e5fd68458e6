package dev.millrace.producer.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/** The image files below a folder, in the order of their paths. */
final class FolderFiles implements ImageFiles {
  private final Path root;
  private final String[] paths;
  private final long skipped;

  private FolderFiles(Path root, String[] paths, long skipped) {
    this.root = root;
    this.paths = paths;
    this.skipped = skipped;
  }

  static FolderFiles list(Path root) throws DatasetException {
    List<String> paths = new ArrayList<>();
    long[] skipped = {0};
    try {
      Files.walkFileTree(
          root,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          Integer.MAX_VALUE,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String path = root.relativize(file).toString().replace('\\', '/');
              if (attributes.isRegularFile() && ImageFiles.isImage(path)) {
                paths.add(path);
              } else {
                skipped[0]++;
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException problem)
                throws IOException {
              if (problem instanceof FileSystemLoopException) {
                skipped[0]++; // what a link back to a folder above shows is listed already
                return FileVisitResult.CONTINUE;
              }
              throw problem;
            }
          });
    } catch (AccessDeniedException e) {
      throw new DatasetException(
          "Cannot list the images below %s: no permission to read %s; give it, or move it away"
              .formatted(root, e.getFile()),
          e);
    } catch (IOException e) {
      throw new DatasetException("Cannot list the images below %s: %s".formatted(root, e), e);
    }
    String[] sorted = paths.toArray(String[]::new);
    Arrays.sort(sorted);
    return new FolderFiles(root, sorted, skipped[0]);
  }

  @Override
  public int size() {
    return paths.length;
  }

  @Override
  public String path(int index) {
    return paths[index];
  }

  @Override
  public long length(int index) throws IOException {
    return Files.size(root.resolve(paths[index]));
  }

  @Override
  public byte[] read(int index, int most) throws IOException {
    try (InputStream file = Files.newInputStream(root.resolve(paths[index]))) {
      return file.readNBytes(most);
    }
  }

  @Override
  public String source(int index) {
    return root.resolve(paths[index]).toString();
  }

  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public void close() {
    // Keeps no file open.
  }
}
