package dev.millrace.producer.dataset;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.EnumSet;

/** The image files below a folder, in the order of their paths. */
record FolderFiles(Path root, PathList paths, long skipped) implements ImageFiles {
  static FolderFiles list(Path root) throws DatasetException {
    PathList.Builder paths = new PathList.Builder();
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
    PathList found = paths.build();
    return new FolderFiles(root, found.select(found.order()), skipped[0]);
  }

  @Override
  public long length(int index) throws IOException {
    return Files.size(root.resolve(paths.get(index)));
  }

  @Override
  public byte[] read(int index, int room, int most) throws IOException {
    try (SeekableByteChannel file = Files.newByteChannel(root.resolve(paths.get(index)))) {
      int length = (int) Math.min(file.size(), most);
      byte[] bytes = new byte[Math.addExact(room, length)];
      int read = Channels.newInputStream(file).readNBytes(bytes, room, length);
      // It may have become shorter just now.
      return read == length ? bytes : Arrays.copyOf(bytes, room + read);
    }
  }

  @Override
  public String source(int index) {
    return root.resolve(paths.get(index)).toString();
  }
}
