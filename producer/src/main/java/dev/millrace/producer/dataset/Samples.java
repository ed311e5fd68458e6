package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a WebDataset: files that stand beside each other in a tar and have the same key, up
 * to the first dot of their names, are one sample. Its label is the text of {@code key.cls}, or in
 * {@code key.json} the field {@code label}, {@code cls} or {@code class}. Where all labels are
 * whole numbers they are the class indexes; else they are names, and classes are in their order.
 * Beside prepared shards stand the classes' synsets and names.
 */
final class Samples {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FIELDS = List.of("label", "cls", "class");
  private static final String CLS = "cls";
  private static final int MOST_LABEL_BYTES = 1 << 20;
  private static final int MOST_CLASSES = 100_000;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

  private final StoredFiles.Builder files;
  private final Map<String, Integer> tags = new HashMap<>();
  private final List<String> texts = new ArrayList<>();
  private final List<Integer> images = new ArrayList<>();
  private final List<Integer> others = new ArrayList<>(); // "key.mask.png" of a sample "key"
  private String key = "";
  private @Nullable String label;

  Samples(StoredFiles.Builder files) {
    this.files = files;
  }

  /** Whether a file may hold a label. */
  static boolean isLabel(String path) {
    String kind = kind(path);
    return kind.equals(CLS) || kind.equals("json");
  }

  /** The next file is an image. */
  void image(String path, int file) throws IOException {
    begin(path);
    if (kind(path).indexOf('.') < 0) {
      images.add(file);
    } else {
      others.add(file);
    }
  }

  /**
   * The next file may hold a label.
   *
   * @throws IOException if it cannot be read, or is larger than 1 MiB
   */
  void label(String path, long size, InputStream content) throws IOException {
    begin(path);
    if (size > MOST_LABEL_BYTES) {
      throw new IOException("the label %s has more than 1 MiB".formatted(path));
    }
    String text = new String(content.readAllBytes(), UTF_8);
    if (kind(path).equals(CLS)) {
      label = text.strip();
    } else if (label == null) {
      label = field(path, text);
    }
  }

  /** Samples do not go on in the next archive. */
  void endOfShard() throws IOException {
    endSample();
    key = "";
  }

  private void begin(String path) throws IOException {
    String next = path.substring(0, path.length() - kind(path).length());
    if (!next.equals(key)) {
      endSample();
      key = next;
    }
  }

  private void endSample() throws IOException {
    if (label != null) {
      Integer tag = tags.get(label);
      if (tag == null) {
        if (texts.size() == MOST_CLASSES) {
          throw new IOException("it has more than %,d labels".formatted(MOST_CLASSES));
        }
        texts.add(label);
        tag = texts.size(); // 0 is none
        tags.put(label, tag);
      }
      for (int file : images) {
        files.tag(file, tag);
      }
      others.forEach(file -> files.tag(file, -1));
    }
    images.clear();
    others.clear();
    label = null;
  }

  private static @Nullable String field(String path, String text) throws IOException {
    try {
      JsonNode json = JSON.readTree(text);
      for (String name : FIELDS) {
        JsonNode field = json.path(name);
        if (field.isIntegralNumber() || field.isTextual()) {
          return field.asText().strip();
        }
      }
      return null;
    } catch (JsonProcessingException e) {
      throw new IOException("%s is no JSON: %s".formatted(path, e.getOriginalMessage()), e);
    }
  }

  // "seg.png" of "dir.1/key.seg.png"
  private static String kind(String path) {
    int dot = path.indexOf('.', path.lastIndexOf('/') + 1);
    return dot < 0 ? "" : path.substring(dot + 1);
  }

  /** Whether there was any label. */
  boolean areLabelled() {
    return !texts.isEmpty();
  }

  /**
   * The labels of all files that were listed.
   *
   * @param splits the split that an archive's name tells, if it does
   * @param prepared what prepared shards say of their classes; null for others
   * @throws DatasetException if one has none, or a number is too large
   */
  Labels labels(StoredFiles listed, Map<Path, Split> splits, @Nullable PreparedClasses prepared)
      throws DatasetException {
    boolean numbered = texts.stream().allMatch(text -> NUMBER.matcher(text).matches());
    List<String> classes = numbered ? numbers() : texts.stream().sorted().toList();
    Map<String, Integer> indexes = new HashMap<>();
    classes.forEach(name -> indexes.put(name, indexes.size()));
    int[] labels = new int[listed.size()];
    boolean[] validation = new boolean[listed.size()];
    for (int i = 0; i < labels.length; i++) {
      String text = text(listed, i);
      String name = numbered ? Integer.toString(Integer.parseInt(text)) : text;
      labels[i] = indexes.getOrDefault(name, 0);
      validation[i] = splits.get(listed.archive(i)) == Split.VALIDATION;
    }
    if (prepared != null) {
      prepared.require(numbered, classes.size());
      return new Labels(prepared.synsets(), prepared.names(), labels, validation);
    }
    return new Labels(
        classes, classes, labels, splits.containsValue(Split.VALIDATION) ? validation : null);
  }

  private String text(StoredFiles listed, int file) throws DatasetException {
    if (listed.tag(file) == 0) {
      throw new DatasetException(
          ("Cannot tell the class of %s: others have a label beside them, a file with the same name"
                  + " up to its first dot that ends in .cls or .json (field %s)")
              .formatted(listed.source(file), String.join(", ", FIELDS)));
    }
    return texts.get(listed.tag(file) - 1);
  }

  // All up to the largest, so that a label is the index of its class.
  private List<String> numbers() throws DatasetException {
    int most = texts.stream().mapToInt(Integer::parseInt).max().orElse(0);
    if (most >= MOST_CLASSES) {
      throw new DatasetException(
          "Labels are numbers from 0 to %,d, found %d".formatted(MOST_CLASSES - 1, most));
    }
    return IntStream.rangeClosed(0, most).mapToObj(Integer::toString).toList();
  }
}
