package dev.millrace.benchmarks;

import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * Reads tensors as a trainer would: each one's elements are copied into a minibatch, and what was
 * read is deleted. Else the topic would grow and grow, and the machine would find fresh memory for
 * the files, which costs as much as all of Kafka.
 */
final class TensorCounter implements AutoCloseable {
  private static final int MIB = 1 << 20;
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long DELETE_NANOS = 500_000_000L;
  private static final long LIMIT_NANOS = Duration.ofMinutes(10).toNanos();

  private final KafkaConsumer<ByteBuffer, ByteBuffer> reader;
  private final Admin admin;
  private final LongSupplier deadLetters;
  private final ByteBuffer minibatch = ByteBuffer.allocateDirect(MIB);
  private final long deadline = System.nanoTime() + LIMIT_NANOS;
  private long tensors;
  private long deletedAt = System.nanoTime();

  /**
   * Begins at the topic's start.
   *
   * @param deadLetters how many images became none; throws when no more will come
   */
  TensorCounter(
      Map<String, Object> kafka, Topics topics, int partitions, LongSupplier deadLetters) {
    this.deadLetters = deadLetters;
    this.admin = Admin.create(kafka);
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    properties.put("max.partition.fetch.bytes", 8 * MIB);
    properties.put("receive.buffer.bytes", -1); // the kernel's
    this.reader =
        new KafkaConsumer<>(properties, new ByteBufferDeserializer(), new ByteBufferDeserializer());
    List<TopicPartition> all = new ArrayList<>();
    for (int p = 0; p < partitions; p++) {
      all.add(new TopicPartition(topics.tensors(Split.TRAIN).name(), p));
    }
    reader.assign(all);
    reader.seekToBeginning(all);
  }

  /** Reads until so many images are tensors that were read, or dead letters. */
  void readUntil(long images) {
    while (tensors + deadLetters.getAsLong() < images) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "Only %d of %d tensors within %d s"
                .formatted(tensors, images, LIMIT_NANOS / 1_000_000_000));
      }
      reader.poll(POLL).forEach(this::read);
      if (System.nanoTime() - deletedAt > DELETE_NANOS) {
        delete();
        deletedAt = System.nanoTime();
      }
    }
  }

  long tensors() {
    return tensors;
  }

  @Override
  public void close() {
    reader.close();
    admin.close();
  }

  private void delete() {
    Map<TopicPartition, RecordsToDelete> read = new HashMap<>();
    for (TopicPartition partition : reader.assignment()) {
      read.put(partition, RecordsToDelete.beforeOffset(reader.position(partition)));
    }
    var _ = admin.deleteRecords(read); // the next one deletes what this one failed to
  }

  private void read(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    if (ImageTensorView.isImageTensor(record.value())) {
      minibatch.clear().put(ImageTensorView.of(record.value()).elements());
      tensors++;
    }
  }
}
