package dev.millrace.producer.dataset;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The classes of a listing, and what each of its images is.
 *
 * @param synsets WordNet ids or other short names of the classes, in the order of class index
 * @param names names of the classes for people, in the same order
 * @param labels class index of each image
 * @param validation which images are the validation split's, or null where nothing says so
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Labels(
    List<String> synsets, List<String> names, int[] labels, boolean @Nullable [] validation) {
  /** How many classes there may be where labels are numbers, or names beside the images. */
  static final int MOST_CLASSES = 100_000;

  Labels {
    synsets = List.copyOf(synsets);
    names = List.copyOf(names);
  }

  /**
   * Refuses what cannot be trained on.
   *
   * @param data what the dataset is called in messages
   * @throws DatasetException if there is one class only, or one has only validation images
   */
  void requireClasses(Object data) throws DatasetException {
    boolean[] trained = new boolean[synsets.size()];
    for (int i = 0; i < labels.length; i++) {
      trained[labels[i]] |= validation == null || !validation[i];
    }
    for (int i = 0; i < labels.length; i++) {
      if (!trained[labels[i]]) {
        throw new DatasetException(
            "Class %s of %s has validation images but none to train on"
                .formatted(synsets.get(labels[i]), data));
      }
    }
    if (synsets.size() < 2) {
      throw new DatasetException(
          "%s has one class (%s); training needs at least two: one folder a class"
              .formatted(data, synsets.getFirst()));
    }
  }
}
