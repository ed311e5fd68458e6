package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the labels in one shard of a WebDataset: files that stand beside each other and have the
 * same key, up to the first dot of their names, are one sample. Its label is the text of {@code
 * key.cls}, or in {@code key.json} the field {@code label}, {@code cls} or {@code class}.
 */
final class ShardSamples {
  static final List<String> FIELDS = List.of("label", "cls", "class");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLS = "cls";
  private static final int MOST_LABEL_BYTES = 1 << 20;

  private final StoredFiles.Builder files;
  private final Samples labels;
  private final List<Integer> images = new ArrayList<>();
  private final List<Integer> others = new ArrayList<>(); // "key.mask.png" of a sample "key"
  private String key = "";
  private @Nullable String label;

  ShardSamples(StoredFiles.Builder files, Samples labels) {
    this.files = files;
    this.labels = labels;
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

  /** There are no more files. */
  void end() throws IOException {
    if (label != null) {
      int tag = labels.tag(label);
      images.forEach(file -> files.tag(file, tag));
      others.forEach(file -> files.tag(file, -1));
    }
    images.clear();
    others.clear();
    label = null;
  }

  private void begin(String path) throws IOException {
    String next = path.substring(0, path.length() - kind(path).length());
    if (!next.equals(key)) {
      end();
      key = next;
    }
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
}
