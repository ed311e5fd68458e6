package dev.millrace.augmenter;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.IntToLongFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the disk on both sides of the augmenter, on a thread of its own: holds back training
 * images when trainers are too far behind, and has images deleted that are done with. Validation
 * images are never held back; they are published once, and trainers wait for them.
 */
final class FlowControl implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlowControl.class);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final long UPKEEP_NANOS = 1_000_000_000L;
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(10);

  private final Topics topics;
  private final int partitions;
  private final Admin admin;
  private final TrainerPositions trainers;
  private final HoldBack rule;
  private final ImagesUpkeep upkeep;
  private final HeldPartitions held;
  private final Thread thread = new Thread(this::run, "millrace-flow-control");
  private volatile boolean closed;
  private boolean heldBefore;
  private long keptAt = System.nanoTime();

  /**
   * Prepares the thread.
   *
   * @param partitions number of partitions of the training tensors
   * @param admin closed by the caller, after this
   * @param trainers closed with this
   * @param upkeep what becomes of images that are done with
   * @param held what the consumers obey
   */
  FlowControl(
      Topics topics,
      int partitions,
      Admin admin,
      TrainerPositions trainers,
      HoldBack rule,
      ImagesUpkeep upkeep,
      HeldPartitions held) {
    this.topics = topics;
    this.partitions = partitions;
    this.admin = admin;
    this.trainers = trainers;
    this.rule = rule;
    this.upkeep = upkeep;
    this.held = held;
    thread.setDaemon(true);
  }

  void start() {
    held.await(images(_ -> 0).keySet()); // until it is known how far the trainers are
    thread.start();
  }

  /** Ends the thread; what is held stays held. */
  @Override
  public void close() {
    closed = true;
    try {
      thread.join(LONGEST_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (trainers) {
      while (!closed) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws InterruptedException {
    try {
      trainers.read(LOOK);
      holdBack();
      if (System.nanoTime() - keptAt >= UPKEEP_NANOS) {
        upkeep.run(partition -> trainers.unneeded(topics, partition));
        keptAt = System.nanoTime();
      }
    } catch (ExecutionException | RuntimeException e) {
      // Nothing is lost by looking again later; what is held stays held until then.
      LOG.warn("Cannot look at the topics' offsets for flow control, trying again", e);
      Thread.sleep(LOOK);
    }
  }

  private void holdBack() throws ExecutionException, InterruptedException {
    Map<Integer, Long> room =
        rule.room(
            offsets(OffsetSpec.earliest()),
            offsets(OffsetSpec.latest()),
            trainers.slowest(topics.tensors(Split.TRAIN)));
    Set<TopicPartition> before = held.get();
    held.allow(images(partition -> room.getOrDefault(partition, 0L)));
    log(before, held.get());
  }

  private Map<TopicPartition, Long> images(IntToLongFunction room) {
    Map<TopicPartition, Long> images = new HashMap<>();
    for (int p = 0; p < partitions; p++) {
      images.put(new TopicPartition(topics.images(Split.TRAIN).name(), p), room.applyAsLong(p));
    }
    return images;
  }

  // Once for people; an augmenter that is faster than its trainers does this all day.
  private void log(Set<TopicPartition> before, Set<TopicPartition> now) {
    if (!now.isEmpty() && !heldBefore) {
      heldBefore = true;
      LOG.info("Holding back {}: trainers are too far behind; more about this at debug only", now);
    } else if (!now.equals(before)) {
      LOG.debug("Holding back {}", now);
    }
  }

  private Map<Integer, Long> offsets(OffsetSpec spec)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (int p = 0; p < partitions; p++) {
      wanted.put(new TopicPartition(topics.tensors(Split.TRAIN).name(), p), spec);
    }
    Map<Integer, Long> offsets = new HashMap<>();
    admin
        .listOffsets(wanted)
        .all()
        .get()
        .forEach((partition, info) -> offsets.put(partition.partition(), info.offset()));
    return offsets;
  }
}
