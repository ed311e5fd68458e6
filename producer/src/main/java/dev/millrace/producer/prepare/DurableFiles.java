package dev.millrace.producer.prepare;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Files that appear under their names only when they are whole and on the disk; until then they are
 * hidden files with another name.
 */
final class DurableFiles {
  private DurableFiles() {}

  /** Opens a file for writing; what an earlier run has left of it is gone. */
  static FileChannel create(Path file) throws IOException {
    return FileChannel.open(
        unfinished(file),
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** Makes what was written the file of that name. */
  static void finish(Path file, FileChannel written) throws IOException {
    written.force(true);
    written.close();
    Files.move(unfinished(file), file, StandardCopyOption.ATOMIC_MOVE);
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !isWindows()) {
      try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
        entries.force(true); // the new name
      }
    }
  }

  // There a folder cannot be opened, and its entries are kept without being asked for.
  private static boolean isWindows() {
    return System.getProperty("os.name", "").startsWith("Windows");
  }

  /** Gives up a file that was not finished. */
  static void discard(Path file, FileChannel written) throws IOException {
    written.close();
    Files.deleteIfExists(unfinished(file));
  }

  static void write(Path file, byte[] content) throws IOException {
    try (FileChannel out = create(file)) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      finish(file, out);
    }
  }

  private static Path unfinished(Path file) {
    return file.resolveSibling(".%s.unfinished".formatted(file.getFileName()));
  }
}
