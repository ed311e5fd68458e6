package dev.millrace.dashboard.pictures;

import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.PngEncoder;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorType;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the newest tensors of the training split, spread over its partitions: a fetch of each of
 * twelve partitions at most. Takes three seconds at most once the brokers have told the partitions'
 * ends. Holds twelve tensors, each 768 KB at most.
 */
final class FeedingReader {
  private static final int IMAGES = 12;
  private static final int LONGEST_SIDE = 512;
  private static final Duration LONGEST = Duration.ofSeconds(3);
  private static final Duration POLL = Duration.ofMillis(50);

  /** Offsets that transactions' markers and epochs' ends may take among the newest ones. */
  private static final int NO_TENSORS = 12;

  private final Topics topics;
  private final InstantSource clock;

  FeedingReader(Topics topics, InstantSource clock) {
    this.topics = topics;
    this.clock = clock;
  }

  /**
   * Looks at the topic.
   *
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
   */
  Feeding read(Consumer<String, ByteBuffer> consumer) {
    List<TopicPartition> partitions = partitions(consumer);
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = new HashMap<>(consumer.endOffsets(partitions));
    ends.keySet()
        .removeIf(
            partition -> ends.getOrDefault(partition, 0L) <= begins.getOrDefault(partition, 0L));
    if (ends.isEmpty()) {
      return none(
          "No tensor waits in topic %s: those trained on are deleted there, and trainers that augment by themselves (--colocated) take none from it"
              .formatted(topics.tensors(Split.TRAIN).name()));
    }
    Map<TopicPartition, Deque<FedImage>> newest = newest(consumer, begins, ends);
    List<FedImage> images = spread(newest.values());
    return images.isEmpty()
        ? none(
            "The newest tensors of topic %s are not there yet, or are none that can be shown"
                .formatted(topics.tensors(Split.TRAIN).name()))
        : new Feeding(clock.millis(), images, "");
  }

  private Feeding none(String why) {
    return new Feeding(clock.millis(), List.of(), why);
  }

  private List<TopicPartition> partitions(Consumer<String, ByteBuffer> consumer) {
    List<PartitionInfo> found = consumer.partitionsFor(topics.tensors(Split.TRAIN).name());
    return found == null
        ? List.of()
        : found.stream()
            .map(info -> new TopicPartition(info.topic(), info.partition()))
            .sorted(Comparator.comparingInt(TopicPartition::partition))
            .limit(IMAGES)
            .toList();
  }

  private static Map<TopicPartition, Deque<FedImage>> newest(
      Consumer<String, ByteBuffer> consumer,
      Map<TopicPartition, Long> begins,
      Map<TopicPartition, Long> ends) {
    int ofEach = Math.ceilDiv(IMAGES, ends.size());
    Map<TopicPartition, Deque<ConsumerRecord<String, ByteBuffer>>> records = new HashMap<>();
    consumer.assign(ends.keySet());
    ends.forEach((partition, end) -> {
      long back = end - ofEach - NO_TENSORS;
      consumer.seek(partition, Math.max(begins.getOrDefault(partition, 0L), back));
      records.put(partition, new ArrayDeque<>());
    });
    long deadline = System.nanoTime() + LONGEST.toNanos();
    try {
      while (System.nanoTime() < deadline && !isAt(consumer, ends)) {
        for (ConsumerRecord<String, ByteBuffer> record : consumer.poll(POLL)) {
          keep(record, records, ofEach);
        }
      }
    } catch (OffsetOutOfRangeException e) {
      return Map.of(); // a checkpoint has just covered them
    }
    Map<TopicPartition, Deque<FedImage>> images = new HashMap<>();
    records.forEach((partition, kept) -> images.put(partition, pictures(kept)));
    return images;
  }

  private static boolean isAt(
      Consumer<String, ByteBuffer> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  // Epochs' ends are passed over here, so that they take no tensor's place.
  private static void keep(
      ConsumerRecord<String, ByteBuffer> record,
      Map<TopicPartition, Deque<ConsumerRecord<String, ByteBuffer>>> records,
      int ofEach) {
    var kept = records.get(new TopicPartition(record.topic(), record.partition()));
    if (kept != null && isTensor(record.value())) {
      kept.addFirst(record);
      if (kept.size() > ofEach) {
        kept.removeLast();
      }
    }
  }

  private static boolean isTensor(@Nullable ByteBuffer value) {
    try {
      return value != null && ImageTensorView.isImageTensor(value);
    } catch (SerializationException e) {
      return false; // the trainers make a dead letter of it
    }
  }

  private static Deque<FedImage> pictures(Deque<ConsumerRecord<String, ByteBuffer>> kept) {
    Deque<FedImage> pictures = new ArrayDeque<>();
    for (ConsumerRecord<String, ByteBuffer> record : kept) {
      FedImage picture = picture(record);
      if (picture != null) {
        pictures.add(picture);
      }
    }
    return pictures;
  }

  private static @Nullable FedImage picture(ConsumerRecord<String, ByteBuffer> record) {
    try {
      ImageTensorView tensor = ImageTensorView.of(record.value());
      return isPicture(tensor)
          ? new FedImage(tensor.id(), tensor.label(), PngEncoder.encode(pixels(tensor)))
          : null;
    } catch (SerializationException e) {
      return null; // the trainers make a dead letter of it
    }
  }

  private static boolean isPicture(ImageTensorView tensor) {
    return tensor.type() == TensorType.UINT8
        && tensor.channels() == Pixels.CHANNELS
        && tensor.height() >= 1
        && tensor.height() <= LONGEST_SIDE
        && tensor.width() >= 1
        && tensor.width() <= LONGEST_SIDE;
  }

  private static Pixels pixels(ImageTensorView tensor) {
    byte[] rgb = new byte[tensor.height() * tensor.width() * Pixels.CHANNELS];
    tensor.elements().duplicate().get(rgb);
    return new Pixels(tensor.height(), tensor.width(), rgb);
  }

  // The newest of every partition first.
  private static List<FedImage> spread(Collection<Deque<FedImage>> newest) {
    List<FedImage> images = new ArrayList<>();
    boolean more = true;
    while (more && images.size() < IMAGES) {
      more = false;
      for (Deque<FedImage> ofPartition : newest) {
        FedImage next = ofPartition.poll();
        if (next != null && images.size() < IMAGES) {
          images.add(next);
          more = true;
        }
      }
    }
    return images;
  }
}
