package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * A file that the user has named for the result ({@code --out}).
 *
 * @param path where
 * @param overwrite whether one that exists may be replaced
 */
record OutputFile(Path path, boolean overwrite) {
  /**
   * Looks, before any work is done, whether it can be written.
   *
   * @param data the dataset, in which it would be taken for one of the images; empty for one
   *     elsewhere
   * @throws CannotStartException if it cannot be
   */
  void check(Optional<Path> data) throws CannotStartException {
    Path absolute = path.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    if (Files.isDirectory(absolute)) {
      throw new CannotStartException(
          "Cannot write %s: it is a folder; name a file by --out".formatted(path));
    }
    if (data.isPresent() && absolute.startsWith(data.get().toAbsolutePath().normalize())) {
      throw new CannotStartException(
          "Cannot write %s: within %s (--data) it would be one of the images; name another place by --out"
              .formatted(path, data.get()));
    }
    if (Files.exists(absolute) && !overwrite) {
      throw exists();
    }
    if (folder != null && !Files.isDirectory(folder)) {
      throw new CannotStartException(
          "Cannot write %s: there is no folder %s; make it, or name another file by --out"
              .formatted(path, folder));
    }
    if (!Files.isWritable(Files.exists(absolute) || folder == null ? absolute : folder)) {
      throw new CannotStartException(
          "Cannot write %s: no permission; name another file by --out".formatted(path));
    }
  }

  /**
   * Writes it.
   *
   * @throws CannotStartException if somebody has made one meanwhile
   * @throws IOException if it cannot be written
   */
  void write(byte[] bytes) throws CannotStartException, IOException {
    OpenOption[] options =
        overwrite
            ? new OpenOption[] {
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING
            }
            : new OpenOption[] {StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW};
    try {
      Files.write(path, bytes, options);
    } catch (FileAlreadyExistsException e) {
      throw exists();
    } catch (IOException e) {
      throw new IOException("Cannot write %s (--out): %s".formatted(path, e), e);
    }
  }

  private CannotStartException exists() {
    return new CannotStartException(
        "Cannot write %s: it exists; give --overwrite to replace it, or name another file by --out"
            .formatted(path));
  }
}
