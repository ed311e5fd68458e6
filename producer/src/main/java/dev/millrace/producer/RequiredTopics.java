package dev.millrace.producer;

import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes sure that the topics are fit for what a producer is to do. */
final class RequiredTopics {
  private static final long MIB = 1 << 20;

  private final Admin admin;
  private final Topics topics;
  private final ProducerShare share;
  private final long maxAheadBytes;

  /**
   * Prepares the check.
   *
   * @param share which of several producers it is for
   * @param maxAheadBytes how many bytes of images the readers may be behind
   */
  RequiredTopics(Admin admin, Topics topics, ProducerShare share, long maxAheadBytes) {
    this.admin = admin;
    this.topics = topics;
    this.share = share;
    this.maxAheadBytes = maxAheadBytes;
  }

  /**
   * Looks at them.
   *
   * @return the number of partitions of the images topics
   * @throws PublishException if one does not exist, there are more producers than partitions, or
   *     images would be deleted before they are read
   */
  int check() throws InterruptedException {
    partitions(topics.classes());
    partitions(topics.arrivals());
    partitions(topics.deadLetters());
    int found = 0;
    for (Split split : Split.values()) {
      Topic<SpecificRecord> images = topics.images(split);
      found = partitions(images);
      requirePartitions(images, found);
      requireRoom(images, found);
    }
    return found;
  }

  private int partitions(Topic<?> topic) throws InterruptedException {
    try {
      return Topics.partitions(admin, topic);
    } catch (UnknownTopicOrPartitionException e) {
      throw new PublishException(
          "Cannot publish: topic %s does not exist; create the topics first".formatted(topic), e);
    }
  }

  private void requirePartitions(Topic<?> topic, int found) {
    if (share.of() > found) {
      throw new PublishException(
          ("Cannot publish shard %s to %s: it has %d partitions, and each producer needs one of its"
                  + " own; start %d producers at most (--shard 1/%d), or publish under another"
                  + " --prefix with more --partitions")
              .formatted(share, topic, found, found, found));
    }
  }

  // At worst all that may be ahead is in one partition: that of an augmenter that has stopped.
  private void requireRoom(Topic<?> topic, int partitions) throws InterruptedException {
    if (ImageRetention.of(config(topic), partitions) instanceof ImageRetention.Size kept
        && kept.bytes() / partitions < maxAheadBytes) {
      throw new PublishException(
          ("Cannot publish to %s: it keeps %,d MiB in each of its %d partitions, and readers may be"
                  + " %,d MiB behind (--images-ahead), all of them in one partition at worst, so"
                  + " that images would be deleted before they are read; lower --images-ahead, or"
                  + " set the topic's retention.bytes to %d or more")
              .formatted(
                  topic,
                  kept.bytes() / partitions / MIB,
                  partitions,
                  maxAheadBytes / MIB,
                  maxAheadBytes));
    }
  }

  private Config config(Topic<?> topic) throws InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    try {
      return admin.describeConfigs(List.of(resource)).all().get().values().iterator().next();
    } catch (ExecutionException e) {
      throw new PublishException(
          "Cannot publish: the brokers do not tell the settings of %s: %s"
              .formatted(topic, e.getCause()),
          e);
    }
  }
}
