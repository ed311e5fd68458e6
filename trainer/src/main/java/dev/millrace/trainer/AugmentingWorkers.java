package dev.millrace.trainer;

import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads that make tensors of images, each with a {@link TensorMaker} of its own. */
final class AugmentingWorkers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AugmentingWorkers.class);
  private static final long LONGEST_IMAGE_SECONDS = 60;

  private final BlockingQueue<TensorMaker> makers = new LinkedBlockingQueue<>();
  private final ExecutorService threads;
  private final int count;

  /**
   * Starts the threads.
   *
   * @param opened opens a maker for each of them
   * @param count number of threads, at least 1
   */
  AugmentingWorkers(Supplier<TensorMaker> opened, int count) {
    this.count = count;
    for (int i = 0; i < count; i++) {
      makers.add(opened.get());
    }
    this.threads =
        Executors.newFixedThreadPool(
            count, Thread.ofPlatform().name("augment-", 0).daemon().factory());
  }

  /** Makes a tensor of an image some time; those that were asked for first are begun first. */
  Future<TensorRecord> make(ConsumerRecord<String, ByteBuffer> image) {
    return threads.submit(() -> made(image));
  }

  private TensorRecord made(ConsumerRecord<String, ByteBuffer> image) throws InterruptedException {
    TensorMaker maker = makers.take(); // there is one for each thread
    try {
      TensorMaker.Made made =
          maker.make(bytes(image.value()), image.topic(), image.partition(), image.offset());
      int bytes = PartitionQueue.size(image);
      return switch (made) {
        case TensorMaker.Made.Value value ->
            new TensorRecord.Value(
                new ConsumerRecord<>(
                    image.topic(), image.partition(), image.offset(), image.key(), value.value()),
                bytes);
        case TensorMaker.Made.Failed failed -> new TensorRecord.Failed(failed.letter(), bytes);
      };
    } finally {
      makers.add(maker);
    }
  }

  private static byte @Nullable [] bytes(@Nullable ByteBuffer value) {
    if (value == null) {
      return null;
    }
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return bytes;
  }

  /** Drops what is not begun, waits for what is, and closes the makers. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      if (threads.awaitTermination(LONGEST_IMAGE_SECONDS, TimeUnit.SECONDS)) {
        makers.forEach(TensorMaker::close);
      } else {
        LOG.warn(
            "One of {} augmenting threads has not ended after {} s; left behind",
            count,
            LONGEST_IMAGE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
