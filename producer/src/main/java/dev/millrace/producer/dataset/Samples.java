package dev.millrace.producer.dataset;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The labels that lie beside the images of a WebDataset. Where all are whole numbers they are the
 * class indexes; else they are names, and classes are in their order. Beside prepared shards stand
 * the classes' synsets and names. Gathered by several threads.
 */
final class Samples {
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

  private final Map<String, Integer> tags = new HashMap<>();
  private final List<String> texts = new ArrayList<>();

  /**
   * The number that stands for a label, from 1.
   *
   * @throws IOException if there are too many labels
   */
  synchronized int tag(String label) throws IOException {
    Integer tag = tags.get(label);
    if (tag == null) {
      if (texts.size() == Labels.MOST_CLASSES) {
        throw new IOException("it has more than %,d labels".formatted(Labels.MOST_CLASSES));
      }
      texts.add(label);
      tag = texts.size(); // 0 is none
      tags.put(label, tag);
    }
    return tag;
  }

  /** Whether there was any label. */
  synchronized boolean areLabelled() {
    return !texts.isEmpty();
  }

  /**
   * The labels of all files that were listed.
   *
   * @param prepared what prepared shards say of their classes; null for others
   * @throws DatasetException if one has none, or a number is too large
   */
  synchronized Labels labels(StoredFiles listed, @Nullable PreparedClasses prepared)
      throws DatasetException {
    boolean numbered = texts.stream().allMatch(text -> NUMBER.matcher(text).matches());
    List<String> classes = numbered ? numbers() : texts.stream().sorted().toList();
    Map<String, Integer> indexes = new HashMap<>();
    classes.forEach(name -> indexes.put(name, indexes.size()));
    int[] labels = new int[listed.size()];
    for (int i = 0; i < labels.length; i++) {
      String text = text(listed, i);
      String name = numbered ? Integer.toString(Integer.parseInt(text)) : text;
      labels[i] = indexes.getOrDefault(name, 0);
    }
    boolean[] validation = listed.validation();
    if (prepared != null) {
      prepared.require(numbered, classes.size());
      return new Labels(
          prepared.synsets(),
          prepared.names(),
          labels,
          validation == null ? new boolean[labels.length] : validation);
    }
    return new Labels(classes, classes, labels, validation);
  }

  private String text(StoredFiles listed, int file) throws DatasetException {
    if (listed.tag(file) == 0) {
      throw new DatasetException(
          ("Cannot tell the class of %s: others have a label beside them, a file with the same name"
                  + " up to its first dot that ends in .cls or .json (field %s)")
              .formatted(listed.source(file), String.join(", ", ShardSamples.FIELDS)));
    }
    return texts.get(listed.tag(file) - 1);
  }

  // All up to the largest, so that a label is the index of its class.
  private List<String> numbers() throws DatasetException {
    int most = texts.stream().mapToInt(Integer::parseInt).max().orElse(0);
    if (most >= Labels.MOST_CLASSES) {
      throw new DatasetException(
          "Labels are numbers from 0 to %,d, found %d".formatted(Labels.MOST_CLASSES - 1, most));
    }
    return IntStream.rangeClosed(0, most).mapToObj(Integer::toString).toList();
  }
}
