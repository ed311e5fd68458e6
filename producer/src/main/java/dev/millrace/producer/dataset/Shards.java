package dev.millrace.producer.dataset;

import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A dataset's archives where it has several. */
final class Shards {
  private static final String TAR = ".tar";
  private static final Pattern OTHERS = Pattern.compile("[^a-z]+");

  private Shards() {}

  /** Files that may be a dataset's. */
  interface Kind {
    boolean is(Path file) throws IOException;
  }

  static boolean isTar(Path file) {
    return file.toString().endsWith(TAR);
  }

  /**
   * The files of a kind below a folder in the order of their paths; hidden ones are passed over.
   */
  static List<Path> in(Path folder, Kind kind) throws DatasetException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> below = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) below::iterator) {
        boolean hidden = String.valueOf(file.getFileName()).startsWith(".");
        if (!hidden && Files.isRegularFile(file) && kind.is(file)) {
          found.add(file);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new DatasetException("Cannot list the archives below %s: %s".formatted(folder, e), e);
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  /** The folder that several archives lie in, however deep. */
  static Path commonFolder(List<Path> shards) {
    Path folder = parent(shards.getFirst());
    for (Path shard : shards) {
      while (!shard.toAbsolutePath().startsWith(folder) && folder.getParent() != null) {
        folder = folder.getParent();
      }
    }
    return folder;
  }

  private static Path parent(Path shard) {
    Path parent = shard.toAbsolutePath().getParent();
    return parent == null ? shard.toAbsolutePath() : parent;
  }

  /**
   * What the paths of an archive's files begin with: its own path below a folder without its
   * ending, {@code train/000/}; nothing for an archive that is the dataset itself.
   */
  static String name(Path folder, Path archive) {
    if (archive.equals(folder)) {
      return "";
    }
    String below =
        folder.toAbsolutePath().relativize(archive.toAbsolutePath()).toString().replace('\\', '/');
    return (below.endsWith(TAR) ? below.substring(0, below.length() - TAR.length()) : below) + "/";
  }

  /**
   * The split that a path names by a whole word, such as {@code imagenet-val-0012.tar} or {@code
   * train/0.tar}; null where there is none. Of several the last counts.
   */
  static @Nullable Split split(String path) {
    Split named = null;
    for (String word : OTHERS.split(path.toLowerCase(Locale.ROOT), -1)) {
      named = Layout.SPLITS.getOrDefault(word, named);
    }
    return named;
  }
}
