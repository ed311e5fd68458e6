package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.ClassLists;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Statistics;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.trainer.model.Activation;
import dev.millrace.trainer.model.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a checkpoint's model is. Checkpoints of earlier versions do not tell all of it:
 * the rest follows from the number of parameters and from the topics of classes and statistics.
 */
final class ModelDescriptions {
  private static final Logger LOG = LoggerFactory.getLogger(ModelDescriptions.class);

  private final Topics topics;
  private final Map<String, Object> kafka;
  private final KafkaClients clients;

  ModelDescriptions(Topics topics, Map<String, Object> kafka, KafkaClients clients) {
    this.topics = topics;
    this.kafka = kafka;
    this.clients = clients;
  }

  /**
   * A checkpoint's model.
   *
   * @param metadata what the header of its bytes carries
   * @throws UnusableCheckpointException if this version does not know it, or its constants cannot
   *     be found any more
   * @throws DamagedCheckpointException if the metadata are not what they must be
   */
  ModelDescription of(CheckpointManifest manifest, Map<String, String> metadata)
      throws DamagedCheckpointException {
    Map<String, String> state = manifest.getState();
    try {
      Network network = Network.of(manifest.getModel());
      String classes = state.get(ModelDescription.CLASSES);
      String dropout = state.get(ModelDescription.DROPOUT);
      String mean = state.get(ModelDescription.MEAN);
      String activation = state.get(RunIdentity.ACTIVATION);
      if (dropout == null) {
        LOG.warn(
            "The checkpoint at step {} is of an earlier version and does not tell its share of"
                + " dropout: {}'s own, {}, is taken",
            manifest.getStep(),
            network.name(),
            network.hyperparameters().dropout());
      }
      List<String> names = ModelDescription.names(metadata, ModelDescription.NAMES);
      int count =
          classes == null ? classes(network, manifest.getParameters()) : Integer.parseInt(classes);
      // A class list may have grown since.
      List<LabeledClass> published = names.size() < count ? published(manifest) : List.of();
      boolean keptNames = names.size() >= published.size();
      return new ModelDescription(
          network,
          count,
          activation == null
              ? Activation.RELU // there was nothing else
              : Activation.valueOf(activation.toUpperCase(Locale.ROOT)),
          dropout == null ? (float) network.hyperparameters().dropout() : Float.parseFloat(dropout),
          mean == null ? mean(manifest, network) : parse(mean),
          keptNames ? names : published.stream().map(LabeledClass::getName).toList(),
          keptNames
              ? ModelDescription.names(metadata, ModelDescription.SYNSETS)
              : published.stream().map(LabeledClass::getSynset).toList());
    } catch (IllegalArgumentException e) {
      throw new UnusableCheckpointException(
          "Cannot use the checkpoint of run %s at step %d: %s"
              .formatted(manifest.getRun(), manifest.getStep(), e.getMessage()),
          e);
    }
  }

  private static List<Float> parse(String mean) {
    return Arrays.stream(mean.split(",", -1)).map(Float::valueOf).toList();
  }

  /** Every class has the same number of parameters: those of its logit. */
  static int classes(Network network, long parameters) {
    long none = network.parameters(0);
    long each = network.parameters(1) - none;
    long classes = (parameters - none) / each;
    if (classes < 2 || none + classes * each != parameters) {
      throw new IllegalArgumentException(
          "%d parameters are not those of a %s with two or more classes"
              .formatted(parameters, network.name()));
    }
    return Math.toIntExact(classes);
  }

  private List<Float> mean(CheckpointManifest manifest, Network network) {
    String published = StatisticsSource.PUBLISHED.toString();
    String kept = manifest.getState().getOrDefault(RunIdentity.STATISTICS, published);
    if (kept.equals(published)) {
      return network.mean();
    }
    return Statistics.newest(kafka, topics)
        .filter(found -> found.getId().equals(kept))
        .map(MeanInUse::of)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "it subtracts the mean of the statistics %s, which topic %s does not hold any more"
                    .formatted(kept, topics.statistics().name())))
        .mean();
  }

  private List<LabeledClass> published(CheckpointManifest manifest) {
    String id = manifest.getClassListId();
    if (id.isEmpty()) {
      return List.of();
    }
    ClassList list = newestClassList();
    if (list == null || !ClassLists.begins(list.getClasses(), id)) {
      LOG.warn(
          "Topic {} does not hold the class list {} of the checkpoint at step {}, nor one that it"
              + " has grown to: classes that the checkpoint does not name are called by their index",
          topics.classes().name(),
          id,
          manifest.getStep());
      return List.of();
    }
    return new ArrayList<>(list.getClasses());
  }

  private @Nullable ClassList newestClassList() {
    ClassList newest = null;
    try (TopicReader<ClassList> reader = new TopicReader<>(clients.reader(), topics.classes())) {
      for (TopicReader.Entry<ClassList> entry : reader.readToEnd()) {
        newest = entry.value();
      }
    }
    return newest;
  }
}
