package dev.millrace.producer.prepare;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder that shards are written to, and its manifest. One process at a time has it: by a lock
 * that ends with the process, however that ends.
 */
final class PreparedFolder implements AutoCloseable {
  private static final String LOCK_FILE = ".millrace-lock";

  private final Path root;
  private final FileChannel lock;
  private Manifest manifest;

  private PreparedFolder(Path root, FileChannel lock, Manifest manifest) {
    this.root = root;
    this.lock = lock;
    this.manifest = manifest;
  }

  /**
   * Opens the folder, making it when it does not exist.
   *
   * @param wanted the manifest of a folder without shards
   * @throws PrepareException if it is no folder, holds other files, was begun with another dataset
   *     or other options, or is in use
   * @throws IOException if it cannot be written
   */
  static PreparedFolder open(Path root, Manifest wanted) throws PrepareException, IOException {
    refuseForeign(root);
    Files.createDirectories(root);
    FileChannel lock =
        FileChannel.open(
            root.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      take(root, lock);
      Path file = root.resolve(Manifest.FILE);
      if (Files.exists(file)) {
        Manifest earlier = Manifest.read(file);
        wanted.requireSame(root, earlier);
        return new PreparedFolder(root, lock, earlier);
      }
      DurableFiles.write(file, wanted.content());
      return new PreparedFolder(root, lock, wanted);
    } catch (PrepareException | IOException e) {
      lock.close();
      throw e;
    }
  }

  private static void refuseForeign(Path root) throws PrepareException, IOException {
    if (Files.exists(root) && !Files.isDirectory(root)) {
      throw new PrepareException(
          "Cannot prepare images into %s: it is a file; name a folder by --output".formatted(root));
    }
    if (!Files.exists(root) || Files.exists(root.resolve(Manifest.FILE))) {
      return;
    }
    try (Stream<Path> files = Files.list(root)) {
      // Hidden ones may be what a killed run has left.
      if (files.anyMatch(file -> !String.valueOf(file.getFileName()).startsWith("."))) {
        throw new PrepareException(
            "Cannot prepare images into %s: it holds other files; name an empty or a new folder by --output"
                .formatted(root));
      }
    }
  }

  private static void take(Path root, FileChannel channel) throws PrepareException, IOException {
    FileLock taken;
    try {
      taken = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      taken = null;
    }
    if (taken == null) {
      throw new PrepareException(
          "Cannot prepare images into %s: another millrace prepare is at work in it; wait for that one, or name another folder by --output"
              .formatted(root));
    }
  }

  /** Where a file of the folder is. */
  Path file(String name) {
    return root.resolve(name);
  }

  /** The shards that are complete, by name. */
  List<PreparedShard> shards() {
    return manifest.shards();
  }

  /** Whether a shard is complete. */
  boolean has(String name) throws IOException {
    for (PreparedShard shard : manifest.shards()) {
      if (shard.name().equals(name)) {
        Path file = file(name);
        return Files.exists(file) && Files.size(file) == shard.length();
      }
    }
    return false;
  }

  /** Takes note of a shard that is complete. */
  void add(PreparedShard shard) throws IOException {
    manifest = manifest.with(shard);
    write(Manifest.FILE, manifest.content());
  }

  /** Writes a file; it appears when it is whole. */
  void write(String name, byte[] content) throws IOException {
    DurableFiles.write(file(name), content);
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
