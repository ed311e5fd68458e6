package dev.millrace.schemas;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * How long images stay in their topics. Each topic's own Kafka settings say it, so that every
 * service knows it from there: with {@code retention.ms} and {@code retention.bytes} both -1,
 * Millrace deletes images that are done with; otherwise it deletes none, and the brokers what the
 * two say. Validation images, which are published once, stay for ever wherever training images are
 * not deleted when done with.
 */
public sealed interface ImageRetention {
  /** Deleted as soon as all who read them are done. */
  record Purge() implements ImageRetention {}

  /** Never deleted. */
  record Forever() implements ImageRetention {}

  /**
   * Deleted by age.
   *
   * @param age from a minute to 36,500 days
   */
  record Age(Duration age) implements ImageRetention {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if it is left
     */
    public Age {
      if (age.compareTo(Duration.ofMinutes(1)) < 0 || age.compareTo(Duration.ofDays(36_500)) > 0) {
        throw new IllegalArgumentException(
            "image-retention must be from a minute to 36500 days, found " + age);
      }
    }
  }

  /**
   * The oldest are deleted when there are more.
   *
   * @param bytes bytes of training images in all partitions together, at least 1 MiB
   */
  record Size(long bytes) implements ImageRetention {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if it is less than 1 MiB
     */
    public Size {
      if (bytes < 1 << 20) {
        throw new IllegalArgumentException(
            "image-retention must be at least 1048576 bytes, found " + bytes);
      }
    }
  }

  /** Whether a topic's settings are those of {@link Purge}. */
  static boolean isPurge(Config topic) {
    return number(topic, TopicConfig.RETENTION_MS_CONFIG) == RetentionSettings.UNSET
        && number(topic, TopicConfig.RETENTION_BYTES_CONFIG) == RetentionSettings.UNSET;
  }

  /**
   * Which of some images topics have images deleted that are done with.
   *
   * @throws ExecutionException if the brokers do not tell
   */
  static Set<String> purged(Admin admin, Collection<String> topics)
      throws ExecutionException, InterruptedException {
    List<ConfigResource> resources =
        topics.stream().map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name)).toList();
    Set<String> purged = new HashSet<>();
    for (Map.Entry<ConfigResource, Config> topic :
        admin.describeConfigs(resources).all().get().entrySet()) {
      if (isPurge(topic.getValue())) {
        purged.add(topic.getKey().name());
      }
    }
    return purged;
  }

  /** What the settings of an images topic with so many partitions say. */
  static ImageRetention of(Config topic, int partitions) {
    long bytes = number(topic, TopicConfig.RETENTION_BYTES_CONFIG);
    long millis = number(topic, TopicConfig.RETENTION_MS_CONFIG);
    if (isPurge(topic)) {
      return new Purge();
    }
    if (bytes != RetentionSettings.UNSET) {
      return new Size(Math.multiplyExact(bytes, partitions));
    }
    return millis == Long.MAX_VALUE ? new Forever() : new Age(Duration.ofMillis(millis));
  }

  private static long number(Config topic, String name) {
    ConfigEntry entry = topic.get(name);
    return entry == null || entry.value() == null
        ? RetentionSettings.UNSET
        : Long.parseLong(entry.value());
  }
}
