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
  private static final Pattern TAR = Pattern.compile("\\.(tar|tar\\.gz|tgz|tar\\.zst|tzst)$");
  private static final Pattern OTHERS = Pattern.compile("[^a-z]+");

  private Shards() {}

  /** Files that may be a dataset's. */
  interface Kind {
    boolean is(Path file) throws IOException;
  }

  /** Whether a name is that of a tar archive, compressed or not. */
  static boolean isTar(String path) {
    return TAR.matcher(path).find();
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

  /**
   * What the paths of archives begin with: the folder that they lie in, however deep, with its
   * slash; of a single one, all of its path.
   */
  static String commonFolder(List<String> paths) {
    String common = paths.getFirst();
    if (paths.size() == 1) {
      return common;
    }
    common = common.substring(0, common.lastIndexOf('/') + 1);
    for (String path : paths) {
      while (!path.startsWith(common)) {
        common = common.substring(0, common.lastIndexOf('/', common.length() - 2) + 1);
      }
    }
    return common;
  }

  /**
   * What the paths of an archive's files begin with: its own path below a folder without its
   * ending, {@code train/000/}; nothing for an archive that is the dataset itself.
   */
  static String name(String folder, String path) {
    return path.equals(folder)
        ? ""
        : TAR.matcher(path.substring(folder.length())).replaceFirst("") + "/";
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
