package dev.millrace.pipeline.speed;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TensorLayout;
import dev.millrace.schemas.TensorType;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Fills a tensors topic with one epoch of random images, as augmenters would.
 *
 * @param size height and width of the images
 * @param classes labels are below
 * @param images how many
 */
record SyntheticTensors(int size, int classes, long images) {
  private static final int MIB = 1 << 20;
  private static final Instant TIME = Instant.EPOCH;

  /**
   * Publishes them, each partition on a thread of its own.
   *
   * @param partitions of the topic
   */
  void publish(Topics topics, Map<String, Object> kafka, int partitions)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    List<RuntimeException> failures = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      int partition = p;
      threads.add(
          Thread.ofPlatform()
              .name("synthetic-tensors-" + partition)
              .start(() -> {
                try {
                  publish(topics.tensors(Split.TRAIN), kafka, partition, partitions);
                } catch (RuntimeException e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
  }

  private void publish(
      Topic<SpecificRecord> topic, Map<String, Object> kafka, int partition, int partitions) {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put("batch.size", MIB);
    properties.put("linger.ms", 5);
    properties.put("max.request.size", 64 * MIB);
    byte[] elements = new byte[size * size * 3];
    new Random(partition).nextBytes(elements);
    try (Producer<String, SpecificRecord> producer =
        new KafkaProducer<>(properties, new StringSerializer(), topic.serde().serializer())) {
      for (long sequence = partition; sequence < images; sequence += partitions) {
        var _ =
            producer.send(
                new ProducerRecord<>(
                    topic.name(), partition, "image-" + sequence, tensor(sequence, elements)));
      }
      var _ =
          producer.send(
              new ProducerRecord<>(
                  topic.name(), partition, "end", new EpochEnd(Split.TRAIN, 0, images, TIME)));
      producer.flush();
    }
  }

  private ImageTensor tensor(long sequence, byte[] elements) {
    return ImageTensor.newBuilder()
        .setId("image-" + sequence)
        .setLabel((int) (sequence % classes))
        .setSplit(Split.TRAIN)
        .setEpoch(0)
        .setSequence(sequence)
        .setHeight(size)
        .setWidth(size)
        .setChannels(3)
        .setLayout(TensorLayout.HWC)
        .setType(TensorType.UINT8)
        .setPublishedAt(TIME)
        .setAugmentedAt(TIME)
        .setBytes(ByteBuffer.wrap(elements))
        .build();
  }
}
