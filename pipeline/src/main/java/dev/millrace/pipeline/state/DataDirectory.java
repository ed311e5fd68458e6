package dev.millrace.pipeline.state;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.CannotStartException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder that {@code run} and {@code broker} keep their state in. It says its format's version,
 * and one process at a time has it: by a lock that ends with the process, however that ends. Killed
 * at any moment of its making, it is accepted or made anew at the next start.
 */
public final class DataDirectory implements AutoCloseable {
  /** The format that this version of Millrace reads and writes. */
  static final int VERSION = 1;

  private static final String VERSION_FILE = "millrace-version";
  private static final String LOCK_FILE = "millrace-lock";

  private final Path root;
  private final FileChannel channel;

  private DataDirectory(Path root, FileChannel channel) {
    this.root = root;
    this.channel = channel;
  }

  /**
   * Opens the folder, making it when it does not exist.
   *
   * @throws CannotStartException if it is not a folder, not ours, of another version, in use, or
   *     cannot be written
   */
  public static DataDirectory open(Path root) throws CannotStartException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new CannotStartException(
          "Cannot keep state in %s (--data-dir): it is a file; name a folder".formatted(root));
    }
    FileChannel channel = null;
    try {
      refuseForeign(root);
      Files.createDirectories(root);
      channel =
          FileChannel.open(
              root.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      lock(root, channel);
      checkVersion(root);
      return new DataDirectory(root, channel);
    } catch (AccessDeniedException e) {
      closeQuietly(channel, e);
      throw new CannotStartException(
          "Cannot keep state in %s (--data-dir): no permission to write %s; name another folder"
              .formatted(root, e.getFile()),
          e);
    } catch (IOException e) {
      closeQuietly(channel, e);
      throw new CannotStartException(
          "Cannot keep state in %s (--data-dir): %s".formatted(root, e), e);
    } catch (CannotStartException e) {
      closeQuietly(channel, e);
      throw e;
    }
  }

  private static void refuseForeign(Path root) throws IOException, CannotStartException {
    if (!Files.isDirectory(root) || Files.exists(root.resolve(LOCK_FILE))) {
      return;
    }
    try (Stream<Path> entries = Files.list(root)) {
      if (entries.findAny().isPresent()) {
        throw new CannotStartException(
            "Cannot keep state in %s (--data-dir): it holds other files; name an empty or a new folder"
                .formatted(root));
      }
    }
  }

  private static void lock(Path root, FileChannel channel)
      throws IOException, CannotStartException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new CannotStartException(
          "Cannot use %s (--data-dir): another millrace is running in it; stop that one or name another folder"
              .formatted(root));
    }
  }

  private static void checkVersion(Path root) throws IOException, CannotStartException {
    Path file = root.resolve(VERSION_FILE);
    if (!Files.exists(file)) {
      Path written = root.resolve(VERSION_FILE + ".new");
      try (FileChannel out =
          FileChannel.open(
              written,
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING)) {
        out.write(StandardCharsets.US_ASCII.encode(VERSION + "\n"));
        out.force(true);
      }
      Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    String found = Files.readString(file, StandardCharsets.UTF_8).strip();
    if (!found.equals(Integer.toString(VERSION))) {
      throw new CannotStartException(
          "Cannot use %s (--data-dir): its format has version \"%s\", this Millrace knows %d; use the Millrace that made it, or another folder"
              .formatted(root, found, VERSION));
    }
  }

  private static void closeQuietly(@Nullable FileChannel channel, Exception cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  /**
   * Checks that the disk has room.
   *
   * @throws CannotStartException if it has less, naming both figures
   */
  public void requireFree(long bytes) throws CannotStartException {
    try {
      long free = Files.getFileStore(root).getUsableSpace();
      if (free < bytes) {
        throw new CannotStartException(
            "Cannot run in %s (--data-dir): topics and checkpoints may take %s, the disk has %s free; lower --images-ahead, --tensors-ahead or --keep-checkpoints, or name a folder on another disk"
                .formatted(root, new ByteSize(bytes), new ByteSize(free)));
      }
    } catch (IOException e) {
      throw new CannotStartException("Cannot see the free space of %s".formatted(root), e);
    }
  }

  /** The folder itself. */
  public Path root() {
    return root;
  }

  /** Where the broker keeps its topics. */
  public Path broker() {
    return root.resolve("broker");
  }

  /** Where Kafka Streams keeps its state. */
  public Path streams() {
    return root.resolve("streams");
  }

  /** Lets others have the folder. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
