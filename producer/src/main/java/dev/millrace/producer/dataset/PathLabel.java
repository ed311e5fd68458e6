package dev.millrace.producer.dataset;

import dev.millrace.schemas.Split;
import org.jspecify.annotations.Nullable;

/**
 * What one path below a folder says of its image, whatever else lies there. A first folder {@code
 * train} or {@code val} (or as {@link Layout#SPLITS} has them) is a split if a folder of a class,
 * or a file that tells its class, lies in it.
 *
 * @param split the split, or null where the path names none
 * @param synset WordNet id or folder name of its class
 * @param name the class's name for people
 */
public record PathLabel(@Nullable Split split, String synset, String name) {
  /**
   * Reads a path.
   *
   * @param path below the folder, with forward slashes
   * @throws DatasetException if it names no class
   */
  public static PathLabel of(String path) throws DatasetException {
    Layout.Place place = new Layout(0, isInSplit(path)).place(path);
    return new PathLabel(place.split(), place.synset(), place.name());
  }

  private static boolean isInSplit(String path) {
    String[] parts = path.split("/", -1);
    return parts.length > 1
        && Layout.isSplit(parts[0])
        && (parts.length > 2 || Layout.tellsClass(parts[1]));
  }
}
