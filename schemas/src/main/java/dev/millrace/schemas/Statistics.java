package dev.millrace.schemas;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Makes statistics whose id follows from their numbers, and finds those that were published. */
public final class Statistics {
  private static final Duration POLL = Duration.ofMillis(200);

  private Statistics() {}

  /**
   * Statistics with their id.
   *
   * @param images number of images that were looked at
   * @param mean mean level of each channel
   * @param deviation standard deviation of each channel
   * @param eigenvalues variance along each principal component
   * @param eigenvectors the principal components, each as red, green and blue
   */
  public static DatasetStatistics of(
      long images,
      List<Double> mean,
      List<Double> deviation,
      List<Double> eigenvalues,
      List<List<Double>> eigenvectors,
      Instant publishedAt) {
    List<Double> flat = eigenvectors.stream().flatMap(List::stream).toList();
    List<Double> all = new ArrayList<>(mean);
    all.addAll(deviation);
    all.addAll(eigenvalues);
    all.addAll(flat);
    return new DatasetStatistics(id(all), images, mean, deviation, eigenvalues, flat, publishedAt);
  }

  private static String id(List<Double> numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(numbers.size() * Double.BYTES);
    numbers.forEach(bytes::putDouble);
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /**
   * Those that were published last.
   *
   * @param kafka client properties, with bootstrap.servers
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer or refuse
   */
  public static Optional<DatasetStatistics> newest(Map<String, Object> kafka, Topics topics) {
    Topic<DatasetStatistics> topic = topics.statistics();
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    TopicPartition partition = new TopicPartition(topic.name(), 0);
    List<TopicPartition> all = List.of(partition);
    Optional<DatasetStatistics> newest = Optional.empty();
    try (KafkaConsumer<String, DatasetStatistics> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), topic.serde().deserializer())) {
      consumer.assign(all);
      consumer.seekToBeginning(all);
      long end = consumer.endOffsets(all).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<String, DatasetStatistics> found : consumer.poll(POLL)) {
          newest = Optional.ofNullable(found.value());
        }
      }
    }
    return newest;
  }
}
