package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.Archive;
import dev.millrace.producer.archive.ArchiveFile;
import dev.millrace.producer.archive.RefusedException;
import dev.millrace.producer.archive.UnansweredException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the {@link PreparedClasses} of shards. On a disk the manifest tells prepared shards from
 * others, and each must have its classes; elsewhere the classes' file alone tells, as other
 * people's archives have none.
 */
final class ClassesFile {
  private static final Logger LOG = LoggerFactory.getLogger(ClassesFile.class);

  private ClassesFile() {}

  /**
   * The classes of some shards, or null where no prepared ones are among them.
   *
   * @param shards all on disks or all elsewhere
   * @throws DatasetException if the shards are not complete yet, lie beside others, or the file
   *     cannot be read
   */
  static @Nullable PreparedClasses beside(List<Archive> shards) throws DatasetException {
    Archive file = shards.getFirst().beside(PreparedClasses.FILE);
    List<Path> onDisk =
        shards.stream()
            .filter(ArchiveFile.class::isInstance)
            .map(shard -> ((ArchiveFile) shard).file().toAbsolutePath())
            .toList();
    try {
      if (onDisk.isEmpty()) {
        return readIfThere(file);
      }
      Path folder = preparedFolder(onDisk);
      return folder == null ? null : readOf(folder, file);
    } catch (IOException e) {
      throw new DatasetException("Cannot read the classes in %s: %s".formatted(file, e), e);
    }
  }

  /** The folder of all the shards; null if none of them is a prepared one. */
  private static @Nullable Path preparedFolder(List<Path> shards) throws DatasetException {
    Path prepared = null;
    for (Path shard : shards) {
      Path folder = folder(shard);
      if (!folder.equals(prepared) && Files.exists(folder.resolve(PreparedClasses.MANIFEST))) {
        prepared = folder;
      }
    }
    if (prepared == null) {
      return null;
    }
    for (Path shard : shards) {
      if (!folder(shard).equals(prepared)) {
        throw new DatasetException(
            "Cannot take %s and the prepared shards in %s for one dataset: their classes may differ"
                .formatted(shard, prepared));
      }
    }
    return prepared;
  }

  private static Path folder(Path shard) {
    Path parent = shard.getParent();
    return parent == null ? shard : parent;
  }

  private static PreparedClasses readOf(Path folder, Archive file)
      throws IOException, DatasetException {
    try {
      return read(file);
    } catch (NoSuchFileException e) {
      throw new DatasetException(
          "The shards in %s are not complete: give their millrace prepare command again"
              .formatted(folder),
          e);
    }
  }

  // Some servers give a page for whatever is not there.
  private static @Nullable PreparedClasses readIfThere(Archive file) throws IOException {
    try {
      return read(file);
    } catch (UnansweredException e) {
      throw e; // classes are not to change their names with the network
    } catch (RefusedException e) {
      LOG.debug("No names of classes in {}: {}", file, e.getMessage());
      return null;
    } catch (DatasetException e) {
      LOG.warn("{}; classes are called by their labels", e.getMessage());
      return null;
    }
  }

  private static PreparedClasses read(Archive file) throws IOException, DatasetException {
    try (InputStream in = file.open(0)) {
      return PreparedClasses.read(in, file);
    }
  }
}
