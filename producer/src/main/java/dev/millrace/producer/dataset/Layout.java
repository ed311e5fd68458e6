package dev.millrace.producer.dataset;

import dev.millrace.schemas.Split;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells split and class from a path: {@code [train|val/]class/.../file} or, flat, {@code
 * [train|val/]n01440764_tench.JPEG} with the synset before the underscore.
 *
 * @param strip folders above everything, which say nothing
 * @param splits whether the first folder below them names a split
 */
record Layout(int strip, boolean splits) {
  /** Names that mean a split. */
  static final Map<String, Split> SPLITS =
      Map.of(
          "train", Split.TRAIN,
          "training", Split.TRAIN,
          "val", Split.VALIDATION,
          "valid", Split.VALIDATION,
          "validation", Split.VALIDATION,
          "test", Split.VALIDATION);

  private static final Pattern ILSVRC = Pattern.compile("(n\\d{8})_([^/]*)\\.[^./]+");
  private static final Pattern NUMBER = Pattern.compile("\\d*");

  /**
   * What a path says.
   *
   * @param split the split, or null where the paths name none
   * @param synset WordNet id or folder name
   * @param name name for people
   */
  record Place(@Nullable Split split, String synset, String name) {}

  /**
   * The layout of all the files.
   *
   * @throws DatasetException if folders of classes lie in folders of splits, and others do not
   */
  static Layout of(ImageFiles files) throws DatasetException {
    int strip = 0;
    while (haveCommonFolder(files, strip) && !namesClass(files, strip)) {
      strip++;
    }
    String inSplit = null;
    String beside = null;
    boolean classesInSplit = false;
    for (int i = 0; i < files.size(); i++) {
      String[] parts = files.path(i).split("/", -1);
      if (parts.length > strip + 1 && isSplit(parts[strip])) {
        // A class may have such a name, too; but then its images lie right in it.
        boolean deeper = parts.length > strip + 2;
        inSplit = inSplit == null || (deeper && !classesInSplit) ? files.path(i) : inSplit;
        classesInSplit |= deeper;
      } else if (beside == null) {
        beside = files.path(i);
      }
    }
    if (classesInSplit && beside != null) {
      throw new DatasetException(
          ("Cannot tell splits from classes: %s lies in a class of a split, and beside the folders"
                  + " of the splits there is %s. Move that elsewhere, or name the folder that holds"
                  + " only the splits.")
              .formatted(inSplit, beside));
    }
    return new Layout(strip, inSplit != null && beside == null);
  }

  /**
   * Reads a path.
   *
   * @throws DatasetException if it names no class
   */
  Place place(String path) throws DatasetException {
    String[] parts = path.split("/", -1);
    int at = strip;
    Split split = null;
    if (splits) {
      split = SPLITS.get(lower(parts[at]));
      at++;
    }
    if (parts.length > at + 1) {
      return new Place(split, parts[at], parts[at]);
    }
    Matcher ilsvrc = ILSVRC.matcher(parts[parts.length - 1]);
    if (!ilsvrc.matches()) {
      throw new DatasetException(
          ("Cannot tell the class of %s: an image lies in a folder named as its class, or its name"
                  + " starts with a synset such as n01440764_")
              .formatted(path));
    }
    String synset = ilsvrc.group(1);
    String name = ilsvrc.group(2);
    return new Place(
        split, synset, NUMBER.matcher(name).matches() ? synset : name.replace('_', ' '));
  }

  /** Whether a folder's name means a split. */
  static boolean isSplit(String folder) {
    return SPLITS.containsKey(lower(folder));
  }

  /** Whether a file's name says its class. */
  static boolean tellsClass(String file) {
    return ILSVRC.matcher(file).matches();
  }

  // One folder that holds everything else: "imagenet/train/...", "images/n01440764_tench.JPEG".
  private static boolean haveCommonFolder(ImageFiles files, int depth) {
    if (files.size() == 0) {
      return false;
    }
    String first = folder(files.path(0), depth);
    for (int i = 0; i < files.size(); i++) {
      String other = folder(files.path(i), depth);
      if (first.isEmpty() || !other.equals(first)) {
        return false;
      }
    }
    return !isSplit(first);
  }

  // The common folder is a class if the files lie right in it and do not name their classes.
  private static boolean namesClass(ImageFiles files, int depth) {
    for (int i = 0; i < files.size(); i++) {
      String[] parts = files.path(i).split("/", -1);
      if (parts.length == depth + 2 && !ILSVRC.matcher(parts[depth + 1]).matches()) {
        return true;
      }
    }
    return false;
  }

  private static String folder(String path, int depth) {
    String[] parts = path.split("/", -1);
    return parts.length > depth + 1 ? parts[depth] : "";
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
