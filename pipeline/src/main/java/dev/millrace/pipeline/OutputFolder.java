package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.state.TemporaryFolder;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder that the user has named for the result ({@code --output}). It is written under another
 * name beside it and moved when it is whole.
 *
 * @param path where
 * @param force whether one that holds an earlier export may be replaced
 */
record OutputFolder(Path path, boolean force) {
  private static final Logger LOG = LoggerFactory.getLogger(OutputFolder.class);
  private static final String MARK = "export.json";

  /** Fills a folder. */
  interface Content {
    void writeTo(Path folder) throws IOException, DamagedCheckpointException;
  }

  /**
   * Looks, before any work is done, whether it can be written.
   *
   * @throws CannotStartException if it cannot be
   */
  void check() throws CannotStartException {
    Path absolute = path.toAbsolutePath().normalize();
    if (!Files.exists(absolute)) {
      return;
    }
    if (!Files.isDirectory(absolute)) {
      throw new CannotStartException(
          "Cannot write %s: it is a file; name a folder by --output".formatted(path));
    }
    if (isEmpty(absolute)) {
      return;
    }
    if (!force) {
      throw new CannotStartException(
          "Cannot write %s: it exists; give --force to replace it, or name another folder by --output"
              .formatted(path));
    }
    if (!Files.exists(absolute.resolve(MARK))) {
      throw new CannotStartException(
          "Cannot replace %s: it holds no %s, so it is no export of a checkpoint; name another folder by --output"
              .formatted(path, MARK));
    }
  }

  private boolean isEmpty(Path folder) throws CannotStartException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new CannotStartException("Cannot look into %s (--output): %s".formatted(path, e), e);
    }
  }

  /**
   * Makes the folders above it and looks at the disk.
   *
   * @param bytes that will be written at most, but for a few
   * @throws CannotStartException if there is less, or the folders cannot be made
   */
  void requireSpace(long bytes) throws CannotStartException {
    try {
      long usable = Files.getFileStore(parent()).getUsableSpace();
      if (usable < bytes) {
        throw new CannotStartException(
            "Cannot write %s: it takes up to %s and its disk has %s; free some, or name a folder on another disk by --output"
                .formatted(path, new ByteSize(bytes), new ByteSize(usable)));
      }
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  private Path parent() throws IOException {
    Path parent = path.toAbsolutePath().normalize().getParent();
    if (parent == null) {
      throw new IOException("the root of the disk cannot be one");
    }
    return Files.createDirectories(parent);
  }

  /**
   * Writes it.
   *
   * @return bytes of all its files
   * @throws CannotStartException if somebody has made one meanwhile, or it cannot be made
   * @throws IOException if it cannot be written; there is nothing of it then
   */
  long write(Content content) throws CannotStartException, IOException, DamagedCheckpointException {
    Path unfinished = unfinished();
    try {
      content.writeTo(unfinished);
      long bytes = bytes(unfinished);
      check();
      move(unfinished);
      return bytes;
    } catch (IOException e) {
      throw new IOException("Cannot write %s (--output): %s".formatted(path, e), e);
    } finally {
      delete(unfinished);
    }
  }

  private Path unfinished() throws CannotStartException {
    try {
      // Not createTempDirectory: that one is closed to everybody else.
      return Files.createDirectory(
          parent().resolve(".%s.%d.unfinished".formatted(path.getFileName(), pid())));
    } catch (IOException e) {
      throw cannot(e);
    }
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private CannotStartException cannot(IOException e) {
    return new CannotStartException(
        "Cannot write %s: %s; name another folder by --output".formatted(path, e), e);
  }

  private void move(Path unfinished) throws IOException {
    Path absolute = path.toAbsolutePath().normalize();
    Path old = null;
    if (Files.exists(absolute) && Files.exists(absolute.resolve(MARK))) {
      old = absolute.resolveSibling(".%s.%d.old".formatted(absolute.getFileName(), pid()));
      Files.move(absolute, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(unfinished, absolute, StandardCopyOption.ATOMIC_MOVE);
    delete(old);
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(Path::toFile).filter(File::isFile).mapToLong(File::length).sum();
    }
  }

  private static void delete(@Nullable Path folder) {
    if (folder == null) {
      return;
    }
    try {
      new TemporaryFolder(folder).close();
    } catch (IOException e) {
      LOG.warn("Cannot delete {}: {}; it is of no use any more", folder, e.toString());
    }
  }
}
