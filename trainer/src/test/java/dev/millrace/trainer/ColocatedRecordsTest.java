package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Images of one byte, their offset, of which workers make tensors of one byte, ten more. */
@Timeout(30)
final class ColocatedRecordsTest {
  private static final String TOPIC = "images";
  private static final Duration WAIT = Duration.ofMillis(50);
  private static final int BAD = 3;

  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  private final class Maker implements TensorMaker {
    private final CountDownLatch gate;

    Maker(CountDownLatch gate) {
      this.gate = gate;
    }

    @Override
    public Made make(byte @Nullable [] value, String topic, int partition, long offset) {
      begun.incrementAndGet();
      byte image = value == null ? -1 : value[0];
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return image == BAD
          ? new Made.Failed(letter(topic, partition, offset))
          : new Made.Value(ByteBuffer.wrap(new byte[] {(byte) (image + 10)}));
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private static DeadLetter letter(String topic, int partition, long offset) {
    return DeadLetter.newBuilder()
        .setId("bad")
        .setLabel(0)
        .setEpoch(0)
        .setSequence(0)
        .setSource("")
        .setStage("decode")
        .setReason("no image")
        .setTopic(topic)
        .setPartition(partition)
        .setOffset(offset)
        .setFailedAt(Instant.EPOCH)
        .setSize(0)
        .setBytes(ByteBuffer.allocate(0))
        .build();
  }

  private ColocatedRecords records(int images, int tensorBytes, CountDownLatch gate) {
    MockConsumer<String, ByteBuffer> consumer = new MockConsumer<>("none");
    SortedMap<Integer, Long> offsets = new TreeMap<>();
    for (int p = 0; p < 2; p++) {
      offsets.put(p, 0L);
    }
    PartitionFetcher fetcher = new PartitionFetcher(consumer, TOPIC, offsets);
    for (int p = 0; p < 2; p++) {
      consumer.updateEndOffsets(Map.of(new TopicPartition(TOPIC, p), (long) images));
      for (int i = 0; i < images; i++) {
        consumer.addRecord(
            new ConsumerRecord<>(TOPIC, p, i, "key", ByteBuffer.wrap(new byte[] {(byte) i})));
      }
    }
    return new ColocatedRecords(
        fetcher, new AugmentingWorkers(() -> new Maker(gate), 3), tensorBytes);
  }

  private static TensorRecord next(ColocatedRecords records, int partition) {
    TensorRecord first = records.peek(partition);
    while (first == null) {
      records.await(partition, WAIT);
      first = records.peek(partition);
    }
    records.remove(partition);
    return first;
  }

  private static int element(TensorRecord record) {
    return switch (record) {
      case TensorRecord.Value value -> value.record().value().get(0);
      case TensorRecord.Failed _ -> -1;
    };
  }

  @Test
  void shouldGiveEachPartitionsTensorsInTheOrderOfItsImages() {
    try (ColocatedRecords records = records(6, 1, new CountDownLatch(0))) {
      for (int p = 1; p >= 0; p--) {
        List<Integer> elements = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          elements.add(element(next(records, p)));
        }
        assertThat(elements).containsExactly(10, 11, 12, -1, 14, 15);
      }
      assertThat(records.nextOffsets()).containsEntry(0, 6L).containsEntry(1, 6L);
    }
    assertThat(closed).hasValue(3);
  }

  @Test
  void shouldCountAnImageAsReadOnlyWhenItsTensorIsTaken() {
    try (ColocatedRecords records = records(6, 1, new CountDownLatch(0))) {
      next(records, 0);
      next(records, 0);

      assertThat(records.nextOffsets()).containsEntry(0, 2L).containsEntry(1, 0L);
      assertThat(records.ready()).isEqualTo(10);
    }
  }

  @Test
  @Timeout(60)
  void shouldMakeNoMoreThanItsShareAhead() {
    int tensorBytes = (int) (ColocatedRecords.MOST_TENSOR_BYTES / 4); // two a partition
    try (ColocatedRecords records = records(6, tensorBytes, new CountDownLatch(0))) {
      next(records, 0);
      while (begun.get() < 4) { // on threads of their own
        records.await(1, WAIT);
      }
      for (int i = 0; i < 5; i++) {
        records.await(1, WAIT);
      }

      assertThat(begun.get()).isBetween(4, 5);
    }
    assertThat(ColocatedRecords.ahead(1000, 192 << 10)).isEqualTo(1);
    assertThat(ColocatedRecords.ahead(4, 224 * 224 * 3)).isEqualTo(111);
    assertThat(ColocatedRecords.ahead(4, 32 * 32 * 3)).isEqualTo(256);
  }

  @Test
  void shouldStopWaitingForATensorThatIsBeingMade() {
    CountDownLatch gate = new CountDownLatch(1);
    ColocatedRecords records = records(6, 1, gate);
    records.prefetch();
    assertThat(records.peek(0)).isNull();
    records.await(0, WAIT);
    records.wakeup();

    assertThatThrownBy(() -> records.await(0, WAIT)).isInstanceOf(WakeupException.class);

    gate.countDown();
    records.close();
    assertThat(closed).hasValue(3);
  }
}
