package dev.millrace.augmenter;

import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.ColorMoments;
import dev.millrace.imaging.ColorStatistics;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Window;
import dev.millrace.schemas.DatasetStatistics;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Statistics;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.LongConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds a dataset's color statistics: reads the training images that their topic holds once, and
 * looks at the central square of each, as networks do. Keeps one image at a time.
 */
public final class StatisticsJob {
  private static final Logger LOG = LoggerFactory.getLogger(StatisticsJob.class);
  private static final int FETCH_WAIT_MILLIS = 10;
  private static final Duration POLL = Duration.ofMillis(200);

  private final Topics topics;
  private final Map<String, Object> kafka;
  private final ImageLimits limits;
  private final Window.Choice square;
  private final long mostImages;
  private final InstantSource clock;
  private final Canvas canvas = new Canvas();
  private final ColorMoments moments = new ColorMoments();
  private long images;
  private long rejected;

  /**
   * Prepares the job.
   *
   * @param resize length that an image's shorter side is resized to, in pixels, at least 1
   * @param mostImages images to look at, at most
   */
  public StatisticsJob(
      Topics topics,
      Map<String, Object> kafka,
      ImageLimits limits,
      int resize,
      long mostImages,
      InstantSource clock) {
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.limits = limits;
    this.square = Window.shorterSide(resize, resize, new Crop(0, 0, resize, resize));
    this.mostImages = mostImages;
    this.clock = clock;
  }

  /**
   * Reads the images that are there now; none that come meanwhile.
   *
   * @param looked told of the number of images looked at so far, often
   * @return empty if the topic holds no image that can be decoded
   * @throws KafkaException if the brokers do not answer or refuse
   * @throws IllegalStateException if no two pixels differ
   */
  public Optional<DatasetStatistics> compute(LongConsumer looked) {
    try (KafkaConsumer<ByteBuffer, ByteBuffer> consumer = consumer();
        ImageDecoder decoder = ImageDecoders.open(limits)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topics.images(Split.TRAIN).name()).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (images < mostImages && !isAt(consumer, ends)) {
        for (ConsumerRecord<ByteBuffer, ByteBuffer> record : consumer.poll(POLL)) {
          if (images < mostImages) {
            look(record, decoder);
          }
        }
        looked.accept(images);
      }
    }
    if (images == 0) {
      return Optional.empty();
    }
    if (rejected > 0) {
      LOG.warn(
          "{} records could not be decoded; the statistics are of {} others", rejected, images);
    }
    ColorStatistics found = moments.statistics();
    return Optional.of(
        Statistics.of(
            images,
            found.mean(),
            found.deviation(),
            found.eigenvalues(),
            found.eigenvectors(),
            clock.instant()));
  }

  /**
   * Publishes statistics for augmenters and trainers to read.
   *
   * @throws KafkaException if the brokers do not answer or refuse
   */
  public void publish(DatasetStatistics statistics) throws InterruptedException {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    try (KafkaProducer<String, DatasetStatistics> producer =
        new KafkaProducer<>(
            properties, new StringSerializer(), topics.statistics().serde().serializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  topics.statistics().name(), 0, Topics.STATISTICS_KEY, statistics))
          .get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }

  private KafkaConsumer<ByteBuffer, ByteBuffer> consumer() {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 64);
    // All that is looked for is there: a fetch that waits for more only delays the end.
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    return new KafkaConsumer<>(
        properties, new ByteBufferDeserializer(), new ByteBufferDeserializer());
  }

  private static boolean isAt(KafkaConsumer<?, ?> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private void look(ConsumerRecord<ByteBuffer, ByteBuffer> record, ImageDecoder decoder) {
    try {
      SpecificRecord value =
          topics
              .images(Split.TRAIN)
              .serde()
              .deserializer()
              .deserialize(record.topic(), record.headers(), record.value());
      if (value instanceof Image image) {
        decoder.decode(image.getBytes(), square, false, canvas);
        moments.add(canvas);
        images++;
      }
    } catch (CorruptImageException | SerializationException | IllegalArgumentException e) {
      rejected++;
      LOG.debug("Left out {}-{}@{}", record.topic(), record.partition(), record.offset(), e);
    }
  }
}
