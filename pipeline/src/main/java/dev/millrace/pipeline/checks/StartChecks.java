package dev.millrace.pipeline.checks;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.TrainerOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/** Checks of a Kafka cluster. Each answers within 15 seconds, also when no broker does. */
public final class StartChecks {
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);
  private static final String TRANSACTION_VERSION = "transaction.version";
  private static final short TRANSACTIONS_V2 = 2;
  private static final String LONGEST_TRANSACTION = "transaction.max.timeout.ms";

  /** What a broker takes of a checkpoint, in bytes a second, when it is slow. */
  private static final long SLOW_BYTES_PER_SECOND = 5_000_000;

  private final Admin admin;

  /** The properties with which a client gives up, and can be closed, within these 15 seconds. */
  public static Map<String, Object> impatient(Map<String, Object> kafka) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) LONGEST_WAIT.toMillis());
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) LONGEST_WAIT.toMillis());
    return properties;
  }

  /** Checks the cluster behind a client, which stays the caller's to close. */
  public StartChecks(Admin admin) {
    this.admin = admin;
  }

  /**
   * Checks that the brokers answer and know transactions v2, on which exactly-once rests.
   *
   * @param bootstrapServers where they were looked for
   * @throws CannotStartException if they do not
   */
  public void reachable(String bootstrapServers) throws CannotStartException, InterruptedException {
    try {
      admin.describeCluster().nodes().get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      Throwable cause = e.getCause();
      throw new CannotStartException(
          "No Kafka broker answers at %s (--bootstrap-servers); start one, for instance by ./millrace broker, or name another"
              .formatted(bootstrapServers),
          cause == null ? e : cause);
    }
    Map<String, FinalizedVersionRange> features =
        answer(admin.describeFeatures().featureMetadata(), "features").finalizedFeatures();
    FinalizedVersionRange found = features.get(TRANSACTION_VERSION);
    if (found == null || found.maxVersionLevel() < TRANSACTIONS_V2) {
      throw new CannotStartException(
          "The brokers must have the feature %s=%d, found %s: use Kafka 4.0 or newer and run kafka-features.sh upgrade --feature %s=%d"
              .formatted(
                  TRANSACTION_VERSION,
                  TRANSACTIONS_V2,
                  found == null ? "none" : found.maxVersionLevel(),
                  TRANSACTION_VERSION,
                  TRANSACTIONS_V2));
    }
  }

  /**
   * Checks that topics can be created as the settings say, and that those that exist are so.
   *
   * @throws CannotStartException if not
   */
  public void topics(Topics topics, TopicSettings settings)
      throws CannotStartException, InterruptedException {
    Set<String> existing = answer(admin.listTopics().names(), "topics");
    int brokers = answer(admin.describeCluster().nodes(), "brokers").size();
    if (settings.replication() > brokers && !existing.containsAll(names(topics))) {
      throw new CannotStartException(
          "Cannot create topics with %d replicas (--replication) on %d broker(s); lower it or start more brokers"
              .formatted(settings.replication(), brokers));
    }
    for (Topic<?> topic : topics.all()) {
      if (existing.contains(topic.name())) {
        recordSize(topic, settings);
      }
    }
    if (existing.contains(topics.images(Split.TRAIN).name())) {
      imageRetention(topics, settings);
    }
  }

  // Whoever wants to keep images shall not see them deleted.
  private void imageRetention(Topics topics, TopicSettings settings)
      throws CannotStartException, InterruptedException {
    String images = topics.images(Split.TRAIN).name();
    boolean kept = !(settings.imageRetention() instanceof ImageRetention.Purge);
    if (kept && ImageRetention.isPurge(config(ConfigResource.Type.TOPIC, images))) {
      throw new CannotStartException(
          "Topic %s exists, and its images are deleted when they are done with; to keep them from now on, run kafka-configs.sh --alter --topic %s --add-config %s=%d, to begin anew give another --prefix"
              .formatted(images, images, TopicConfig.RETENTION_MS_CONFIG, Long.MAX_VALUE));
    }
  }

  /**
   * Checks that a checkpoint's transaction may take as long as it needs.
   *
   * @param bytes the checkpoint's size
   * @throws CannotStartException if the brokers would end it before
   */
  public void checkpointTransaction(long bytes) throws CannotStartException, InterruptedException {
    Node node = answer(admin.describeCluster().nodes(), "brokers").iterator().next();
    ConfigEntry longest =
        config(ConfigResource.Type.BROKER, node.idString()).get(LONGEST_TRANSACTION);
    long needed = TimeUnit.SECONDS.toMillis(bytes / SLOW_BYTES_PER_SECOND);
    if (longest != null && longest.value() != null && Long.parseLong(longest.value()) < needed) {
      throw new CannotStartException(
          "A checkpoint of %s may take %d ms, but the brokers end transactions after %s ms; set their %s to at least %d"
              .formatted(
                  new ByteSize(bytes), needed, longest.value(), LONGEST_TRANSACTION, needed));
    }
  }

  /**
   * Checks that no augmenters have taken the images that a colocated run is to read.
   *
   * @throws CannotStartException if they have
   */
  public void noAugmenters(Topics topics) throws CannotStartException, InterruptedException {
    if (hasRead(topics.augmenterGroup(), topics)) {
      throw new CannotStartException(
          "Cannot run colocated: augmenters (group %s) have made tensors of images that are here; go on without --colocated, or give another --data-dir"
              .formatted(topics.augmenterGroup()));
    }
  }

  /**
   * Checks that a run which is to read tensors was not colocated before.
   *
   * @throws CannotStartException if it was
   */
  public void notColocated(Topics topics, TrainerOptions options)
      throws CannotStartException, InterruptedException {
    if (hasRead(options.group(topics.prefix()), topics)) {
      throw new CannotStartException(
          "Cannot go on with run %s without --colocated: it has read the images topic; give --colocated, or another --data-dir"
              .formatted(options.run()));
    }
  }

  private boolean hasRead(String group, Topics topics)
      throws CannotStartException, InterruptedException {
    String images = topics.images(Split.TRAIN).name();
    return answer(
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(),
            "committed offsets")
        .entrySet()
        .stream()
        .anyMatch(found -> found.getValue() != null && found.getKey().topic().equals(images));
  }

  private void recordSize(Topic<?> topic, TopicSettings settings)
      throws CannotStartException, InterruptedException {
    ConfigEntry found =
        config(ConfigResource.Type.TOPIC, topic.name()).get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    int needed = Topics.maxRecordBytes(settings);
    if (found != null && found.value() != null && Integer.parseInt(found.value()) < needed) {
      throw new CannotStartException(
          "Topic %s takes records of %s bytes at most, but %d are needed: run kafka-configs.sh --alter --topic %s --add-config %s=%d, or lower --max-image-size"
              .formatted(
                  topic.name(),
                  found.value(),
                  needed,
                  topic.name(),
                  TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                  needed));
    }
  }

  private Config config(ConfigResource.Type type, String name)
      throws CannotStartException, InterruptedException {
    ConfigResource resource = new ConfigResource(type, name);
    return answer(admin.describeConfigs(List.of(resource)).all(), "settings")
        .values()
        .iterator()
        .next();
  }

  private static List<String> names(Topics topics) {
    return topics.all().stream().<String>map(Topic::name).toList();
  }

  private static <T> T answer(KafkaFuture<T> asked, String what)
      throws CannotStartException, InterruptedException {
    try {
      return asked.get(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new CannotStartException(
          "The brokers do not tell their %s: %s".formatted(what, e.getCause()), e);
    } catch (TimeoutException e) {
      throw new CannotStartException(
          "The brokers do not tell their %s within %d s".formatted(what, LONGEST_WAIT.toSeconds()),
          e);
    }
  }
}
