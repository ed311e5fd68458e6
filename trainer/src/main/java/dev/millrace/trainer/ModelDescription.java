package dev.millrace.trainer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.trainer.model.Activation;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.Placement;
import dev.millrace.trainer.model.Precision;
import dev.millrace.trainer.model.SessionOptions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a classifier is made of besides the weights: the network, the constants of its forward pass,
 * and what its classes are called. A checkpoint keeps all of it, so that it needs no option to be
 * used.
 *
 * @param network the network
 * @param classes number of classes
 * @param activation what the hidden units make of their sums
 * @param dropout share of the units that training drops; an evaluation multiplies by the rest
 * @param mean mean red, green and blue, 0 to 255, that is subtracted from every pixel
 * @param names what the classes are called, for people, in the order of their index; empty where no
 *     list of classes was published
 * @param synsets WordNet ids or folder names in the same order, or empty
 */
public record ModelDescription(
    Network network,
    int classes,
    Activation activation,
    float dropout,
    List<Float> mean,
    List<String> names,
    List<String> synsets) {
  static final String CLASSES = "classes";
  static final String DROPOUT = "dropout";
  static final String MEAN = "mean";
  static final String NAMES = "class_names";
  static final String SYNSETS = "synsets";
  private static final String INPUT_SIZE = "input_size";
  private static final String STORED_SIZE = "stored_size";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Copies the lists. */
  public ModelDescription {
    mean = List.copyOf(mean);
    names = List.copyOf(names);
    synsets = List.copyOf(synsets);
  }

  /** With the names that a class list gives. */
  static ModelDescription of(
      Network network,
      int classes,
      Activation activation,
      float dropout,
      List<Float> mean,
      List<LabeledClass> list) {
    return new ModelDescription(
        network,
        classes,
        activation,
        dropout,
        mean,
        list.stream().map(LabeledClass::getName).toList(),
        list.stream().map(LabeledClass::getSynset).toList());
  }

  /** What a checkpoint's manifest keeps of it. */
  Map<String, String> toState() {
    Map<String, String> state = new TreeMap<>();
    state.put(CLASSES, Integer.toString(classes));
    state.put(RunIdentity.ACTIVATION, activation.toString());
    state.put(DROPOUT, Float.toString(dropout));
    state.put(
        MEAN, mean.stream().map(level -> Float.toString(level)).collect(Collectors.joining(",")));
    state.put(INPUT_SIZE, Integer.toString(network.inputSize()));
    state.put(STORED_SIZE, Integer.toString(network.storedSize()));
    return state;
  }

  /**
   * What the header of a checkpoint's bytes carries: the same, and the names, as JSON lists. These
   * are too long to be kept for good in the manifest of every checkpoint there ever was.
   */
  Map<String, String> toMetadata() {
    Map<String, String> metadata = new TreeMap<>(toState());
    if (!names.isEmpty()) {
      metadata.put(NAMES, json(names));
      metadata.put(SYNSETS, json(synsets));
    }
    return metadata;
  }

  /** A class's name for people; its index where there is none. */
  public String name(int index) {
    return index < names.size() ? names.get(index) : Integer.toString(index);
  }

  /** The names of all classes in the order of their index. */
  public List<String> allNames() {
    return IntStream.range(0, classes).mapToObj(this::name).toList();
  }

  /** How a session computes it on one device, in float32. */
  public SessionOptions sessionOptions(Device device, int threads) {
    return new SessionOptions(
        network,
        classes,
        0,
        device,
        threads,
        false,
        Precision.FLOAT32,
        false,
        Placement.ONE_DEVICE,
        0,
        0,
        dropout,
        activation,
        mean);
  }

  /** For scripts: every field by name. */
  public Map<String, Object> toMap() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", network.name());
    fields.put("classes", classes);
    fields.put("activation", activation.toString());
    fields.put("dropout", dropout);
    fields.put("mean", mean);
    fields.put("input_size", network.inputSize());
    fields.put("stored_size", network.storedSize());
    return fields;
  }

  private static String json(List<String> texts) {
    try {
      return JSON.writeValueAsString(texts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write names as JSON", e);
    }
  }

  /**
   * Names as the metadata of a checkpoint's bytes carry them; empty where they carry none.
   *
   * @throws DamagedCheckpointException if they are no JSON list of texts
   */
  static List<String> names(Map<String, String> metadata, String entry)
      throws DamagedCheckpointException {
    try {
      return Arrays.asList(JSON.readValue(metadata.getOrDefault(entry, "[]"), String[].class));
    } catch (JsonProcessingException e) {
      throw new DamagedCheckpointException(
          "%s in its header must be a JSON list of texts: %s".formatted(entry, e.getMessage()));
    }
  }
}
