package dev.millrace.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.jspecify.annotations.Nullable;

/**
 * Every topic of a stream, under one prefix: names, types and settings, written once. Immutable.
 */
public final class Topics {
  private static final Duration LONGEST_CREATION = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(20);

  /** Key of the one record in the topic of classes. */
  public static final String CLASSES_KEY = "classes";

  /** Stage of a record among the dead letters that tells of an image published again. */
  public static final String REPLAY_STAGE = "replay";

  /**
   * Stage of a dead letter about an image that a trainer augmented by itself and could not use.
   * Such a letter stands for what is one about a tensor elsewhere.
   */
  public static final String TRAIN_STAGE = "train";

  /** Key of the one record in the topic of statistics. */
  public static final String STATISTICS_KEY = "statistics";

  private static final Pattern PREFIX = Pattern.compile("[a-z0-9][a-z0-9-]{0,99}");
  private static final Map<String, String> KEEP =
      Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1", TopicConfig.RETENTION_BYTES_CONFIG, "-1");

  // Records are deleted as they are acknowledged, and only closed segments free the disk: small
  // segments that leave it soon.
  private static final Map<String, String> DELETED_WHEN_DONE =
      Map.of(
          TopicConfig.RETENTION_MS_CONFIG, "-1",
          TopicConfig.RETENTION_BYTES_CONFIG, "-1",
          TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(64 << 20),
          TopicConfig.FILE_DELETE_DELAY_MS_CONFIG, "1000");

  private static final Map<String, String> COMPACTED =
      Map.of(
          TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
          TopicConfig.SEGMENT_MS_CONFIG, "600000",
          TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1");

  private final Map<Split, Topic<SpecificRecord>> images = new HashMap<>();
  private final Map<Split, Topic<SpecificRecord>> tensors = new HashMap<>();
  private final Topic<TrainingMetric> metrics;
  private final Topic<Mistakes> mistakes;
  private final Topic<CheckpointManifest> checkpoints;
  private final Topic<CheckpointChunk> checkpointChunks;
  private final Topic<Progress> progress;
  private final Topic<DeadLetter> deadLetters;
  private final Topic<ClassList> classes;
  private final Topic<DatasetStatistics> statistics;
  private final Topic<Arrival> arrivals;
  private final String prefix;

  /**
   * Names the topics.
   *
   * @param prefix first part of every name: lower-case letters, digits and hyphens, at most 100
   * @throws IllegalArgumentException if the prefix is not such a text
   */
  public Topics(String prefix) {
    if (!PREFIX.matcher(prefix).matches()) {
      throw new IllegalArgumentException(
          "prefix must be 1 to 100 lower-case letters, digits or hyphens, found \"%s\""
              .formatted(prefix));
    }
    this.prefix = prefix;
    for (Split split : Split.values()) {
      String part = split.name().toLowerCase(Locale.ROOT);
      images.put(split, stream("images." + part, Image.SCHEMA$, EpochEnd.SCHEMA$));
      tensors.put(split, stream("tensors." + part, ImageTensor.SCHEMA$, EpochEnd.SCHEMA$));
    }
    metrics = single("metrics", TrainingMetric.class, TrainingMetric.SCHEMA$, KEEP);
    mistakes = single("mistakes", Mistakes.class, Mistakes.SCHEMA$, COMPACTED);
    checkpoints = single("checkpoints", CheckpointManifest.class, CheckpointManifest.SCHEMA$, KEEP);
    checkpointChunks =
        single(
            "checkpoint-chunks", CheckpointChunk.class, CheckpointChunk.SCHEMA$, DELETED_WHEN_DONE);
    progress = single("progress", Progress.class, Progress.SCHEMA$, COMPACTED);
    deadLetters = single("dead-letters", DeadLetter.class, DeadLetter.SCHEMA$, KEEP);
    classes = single("classes", ClassList.class, ClassList.SCHEMA$, COMPACTED);
    statistics =
        single("statistics", DatasetStatistics.class, DatasetStatistics.SCHEMA$, COMPACTED);
    arrivals = single("arrivals", Arrival.class, Arrival.SCHEMA$, COMPACTED);
  }

  /** The first part of every name. */
  public String prefix() {
    return prefix;
  }

  /** The consumer group of the augmenters, which is their Streams application's id, too. */
  public String augmenterGroup() {
    return prefix + "-augmenter";
  }

  /** Encoded images and epoch ends: {@link Image} or {@link EpochEnd}. */
  public Topic<SpecificRecord> images(Split split) {
    return of(images, split);
  }

  /** Augmented images and epoch ends: {@link ImageTensor} or {@link EpochEnd}. */
  public Topic<SpecificRecord> tensors(Split split) {
    return of(tensors, split);
  }

  /** Loss, errors and speed of every run. */
  public Topic<TrainingMetric> metrics() {
    return metrics;
  }

  /** The validation images that each run got most wrong at its newest evaluation. */
  public Topic<Mistakes> mistakes() {
    return mistakes;
  }

  /** Descriptions of whole checkpoints. */
  public Topic<CheckpointManifest> checkpoints() {
    return checkpoints;
  }

  /** The checkpoints' bytes. */
  public Topic<CheckpointChunk> checkpointChunks() {
    return checkpointChunks;
  }

  /** How far each trainer has come. */
  public Topic<Progress> progress() {
    return progress;
  }

  /** What could not be processed, with the reason. */
  public Topic<DeadLetter> deadLetters() {
    return deadLetters;
  }

  /** The dataset's classes. */
  public Topic<ClassList> classes() {
    return classes;
  }

  /** The dataset's colors. */
  public Topic<DatasetStatistics> statistics() {
    return statistics;
  }

  /** What became of the images that came to a running producer. */
  public Topic<Arrival> arrivals() {
    return arrivals;
  }

  /** All of them, in the order in which the data passes them. */
  public List<Topic<?>> all() {
    return List.of(
        classes,
        statistics,
        arrivals,
        images(Split.TRAIN),
        images(Split.VALIDATION),
        tensors(Split.TRAIN),
        tensors(Split.VALIDATION),
        metrics,
        mistakes,
        checkpoints,
        checkpointChunks,
        progress,
        deadLetters);
  }

  /**
   * Creates the topics that do not exist yet; those that exist are left as they are. Several
   * services may do this at the same time. Returns when the new partitions take records: a producer
   * that is sooner may see its first batch refused and the next one taken, and then retries the
   * first until it times out.
   *
   * @throws KafkaException if the brokers refuse
   * @throws InterruptedException if the thread is interrupted while it waits for the brokers
   */
  public void createMissing(Admin admin, TopicSettings settings) throws InterruptedException {
    try {
      Set<String> existing = admin.listTopics().names().get();
      List<NewTopic> missing = new ArrayList<>();
      for (Topic<?> topic : all()) {
        if (!existing.contains(topic.name())) {
          missing.add(newTopic(topic, settings));
        }
      }
      Map<TopicPartition, OffsetSpec> created = new HashMap<>();
      Map<String, KafkaFuture<Void>> results = admin.createTopics(missing).values();
      for (NewTopic topic : missing) {
        boolean ours = awaitCreated(results.get(topic.name()));
        // Another's topic may have fewer partitions than we would have given it, but one at least.
        int partitions = ours ? topic.numPartitions() : 1;
        for (int p = 0; p < partitions; p++) {
          created.put(new TopicPartition(topic.name(), p), OffsetSpec.latest());
        }
      }
      awaitLeaders(admin, created);
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  // Offsets are answered by each partition's leader; brokers hear of new topics a moment after the
  // controller has made them.
  private static void awaitLeaders(Admin admin, Map<TopicPartition, OffsetSpec> created)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + LONGEST_CREATION.toNanos();
    while (true) {
      try {
        admin.listOffsets(created).all().get();
        return;
      } catch (ExecutionException e) {
        boolean unknownYet = e.getCause() instanceof RetriableException;
        if (!unknownYet || System.nanoTime() > end) {
          throw e;
        }
        Thread.sleep(LOOK);
      }
    }
  }

  /**
   * Number of partitions of an existing topic.
   *
   * @throws KafkaException if it does not exist or the brokers do not answer
   * @throws InterruptedException if the thread is interrupted while it waits for the brokers
   */
  public static int partitions(Admin admin, Topic<?> topic) throws InterruptedException {
    try {
      return admin
          .describeTopics(List.of(topic.name()))
          .allTopicNames()
          .get()
          .values()
          .iterator()
          .next()
          .partitions()
          .size();
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private static boolean awaitCreated(@Nullable KafkaFuture<Void> created)
      throws InterruptedException, ExecutionException {
    try {
      if (created != null) {
        created.get();
      }
      return true;
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw e; // another service having been first is no failure
      }
      return false;
    }
  }

  private static KafkaException failure(ExecutionException e) {
    return e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
  }

  private NewTopic newTopic(Topic<?> topic, TopicSettings settings) {
    Map<String, String> config = new HashMap<>(topic.settings());
    images.forEach((split, of) -> {
      if (of == topic) {
        config.putAll(
            RetentionSettings.of(settings.imageRetention(), split, settings.partitions()));
      }
    });
    config.put(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, Integer.toString(maxRecordBytes(settings)));
    if (settings.replication() > 1) {
      config.put(
          TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, Integer.toString(settings.replication() - 1));
    }
    return new NewTopic(
            topic.name(), topic.partitioned() ? settings.partitions() : 1, settings.replication())
        .configs(config);
  }

  /** Largest record, in bytes, that the topics take: the largest image and its other fields. */
  public static int maxRecordBytes(TopicSettings settings) {
    int checkpointChunk = 2 << 20;
    return Math.max(settings.maxImageBytes() + (64 << 10), checkpointChunk);
  }

  private Topic<SpecificRecord> stream(String part, Schema... types) {
    return new Topic<>(
        prefix + "." + part,
        new AvroSerde<>(SpecificRecord.class, List.of(types)),
        true,
        DELETED_WHEN_DONE);
  }

  private <V extends SpecificRecord> Topic<V> single(
      String part, Class<V> type, Schema schema, Map<String, String> settings) {
    return new Topic<>(
        prefix + "." + part, new AvroSerde<>(type, List.of(schema)), false, settings);
  }

  private static Topic<SpecificRecord> of(Map<Split, Topic<SpecificRecord>> topics, Split split) {
    Topic<SpecificRecord> topic = topics.get(split);
    if (topic == null) {
      throw new IllegalStateException("No topic for split " + split);
    }
    return topic;
  }
}
