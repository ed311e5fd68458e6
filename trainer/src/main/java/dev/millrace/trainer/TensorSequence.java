package dev.millrace.trainer;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Comparator;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tensors of a topic in one order, whatever their timing: sequence s of an epoch comes from
 * partition s mod P. Where that partition goes on with a larger sequence or with the epoch's end, s
 * never became a tensor and is passed over. The epoch is over when its end tells that s images were
 * all. So what comes out is a function of the topic's content alone. For one thread.
 */
final class TensorSequence implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TensorSequence.class);
  private static final Duration POLL = Duration.ofMillis(100);

  /** Tensors of another size or type in a row after which none that fits is to be expected. */
  private static final int MOST_MISSHAPEN = 100;

  private final TensorRecords records;
  private final Topic<SpecificRecord> topic;
  private final TensorCheck check;
  private final @Nullable DeadLetterWriter deadLetters;
  private final Duration timeout;
  private final @Nullable TensorItem[] heads;
  private StreamPosition start;
  private int epoch;
  private long sequence;
  private long bytesRead;
  private TensorCounts counts = TensorCounts.NONE;
  private boolean tailOnly;
  private int misshapen;

  /**
   * Reads on from a position.
   *
   * @param tailOnly whether earlier tensors have been deleted, so that the first ones found say
   *     where to begin
   * @param deadLetters takes the tensors that fail the check; null when they were written before
   * @param timeout after how long without a record to give up; zero never does
   */
  TensorSequence(
      TensorRecords records,
      Topic<SpecificRecord> topic,
      StreamPosition start,
      boolean tailOnly,
      TensorCheck check,
      @Nullable DeadLetterWriter deadLetters,
      Duration timeout) {
    this.records = records;
    this.topic = topic;
    this.start = start;
    this.epoch = start.epoch();
    this.sequence = start.sequence();
    this.tailOnly = tailOnly;
    this.check = check;
    this.deadLetters = deadLetters;
    this.timeout = timeout;
    this.heads = new TensorItem[records.partitions()];
  }

  /** Fetches ahead without waiting. */
  void prefetch() {
    records.prefetch();
  }

  /**
   * The next tensor, or the epoch's end; waits for it.
   *
   * @throws StalledStreamException if nothing comes for too long
   * @throws BrokenStreamException if a partition goes on to another epoch without this one's end,
   *     or tensors of another size or type come in a row
   */
  TensorItem next() {
    if (tailOnly) {
      beginAtHeads();
    }
    while (true) {
      int partition = (int) (sequence % heads.length);
      TensorItem head = await(partition);
      if (isPast(head)) {
        dropRepeated(partition, head);
      } else if (head.epoch() > epoch) {
        throw broken(head);
      } else if (sequence < head.sequence()) {
        LOG.debug("Sequence {} of epoch {} of {} is missing", sequence, epoch, topic.name());
        sequence++;
        counts = counts.plus(TensorCounts.ofMissing());
      } else if (head instanceof TensorItem.Tensor tensor) {
        remove(partition);
        sequence++;
        if (accept(tensor)) {
          return tensor;
        }
      } else {
        return endEpoch(head);
      }
    }
  }

  /** Where reading began: behind what had been deleted, once the first item is there. */
  StreamPosition start() {
    return start;
  }

  /** Where to go on after the item that {@link #next} gave last. */
  StreamPosition position() {
    return new StreamPosition(epoch, sequence, records.nextOffsets());
  }

  /** What was passed over so far. */
  TensorCounts counts() {
    return counts;
  }

  /** Bytes of all records used so far. */
  long bytesRead() {
    return bytesRead;
  }

  void wakeup() {
    records.wakeup();
  }

  @Override
  public void close() {
    records.close();
  }

  // An epoch's end is in every partition: all of them must be passed.
  private TensorItem endEpoch(TensorItem end) {
    for (int partition = 0; partition < heads.length; partition++) {
      TensorItem head = await(partition);
      while (head.epoch() < epoch || (head instanceof TensorItem.Tensor && head.epoch() == epoch)) {
        dropRepeated(partition, head);
        head = await(partition);
      }
      if (head.epoch() > epoch) {
        throw broken(head);
      }
      remove(partition);
    }
    epoch++;
    sequence = 0;
    return end;
  }

  private boolean isPast(TensorItem head) {
    return head.epoch() < epoch
        || (head.epoch() == epoch
            && head instanceof TensorItem.Tensor
            && head.sequence() < sequence);
  }

  private boolean accept(TensorItem.Tensor tensor) {
    TensorCheck.Fault fault = check.fault(tensor.view());
    if (fault == null) {
      misshapen = 0;
      return true;
    }
    counts = counts.plus(TensorCounts.ofRejected(tensor.epoch(), tensor.sequence()));
    write(letters -> letters.write(tensor.source(), tensor.view(), fault.reason()));
    misshapen += fault.ofShape() ? 1 : 0;
    if (misshapen >= MOST_MISSHAPEN) {
      throw new BrokenStreamException(
          ("Cannot train on topic %s: %d tensors in a row do not fit the network, the latest is"
                  + " %s: %s. Start the augmenters with the trainer's --model (and without --resize,"
                  + " --crop and --tensor-type, or with those that the model takes), under another"
                  + " --prefix: what is in this topic stays as it is.")
              .formatted(topic.name(), misshapen, place(tensor.source()), fault.reason()));
    }
    return false;
  }

  private void write(java.util.function.Consumer<DeadLetterWriter> write) {
    if (deadLetters != null) {
      write.accept(deadLetters);
    }
  }

  private void dropRepeated(int partition, TensorItem head) {
    LOG.warn(
        "Passed over {}: epoch {} sequence {} was read before; reading is at epoch {} sequence {}",
        place(head.source()),
        head.epoch(),
        head.sequence(),
        epoch,
        sequence);
    if (head instanceof TensorItem.Tensor tensor) {
      String reason =
          "epoch %d sequence %d was read before".formatted(head.epoch(), head.sequence());
      counts = counts.plus(TensorCounts.ofUnplaced());
      write(letters -> letters.write(tensor.source(), tensor.view(), reason));
    }
    remove(partition);
  }

  private BrokenStreamException broken(TensorItem head) {
    return new BrokenStreamException(
        ("Cannot read on at %s: it is of epoch %d, but the end of epoch %d has not been seen in this"
                + " partition. Was the topic written by two producers, or by one that was started"
                + " anew? Start with another prefix, or delete the topics of this one.")
            .formatted(place(head.source()), head.epoch(), epoch));
  }

  // After a deletion every partition begins somewhere: the earliest of those places is the start.
  private void beginAtHeads() {
    tailOnly = false;
    TensorItem first = await(0);
    Comparator<TensorItem> order =
        Comparator.comparingInt(TensorItem::epoch).thenComparingLong(TensorItem::sequence);
    for (int partition = 1; partition < heads.length; partition++) {
      TensorItem head = await(partition);
      first = order.compare(head, first) < 0 ? head : first;
    }
    if (first.epoch() > epoch || (first.epoch() == epoch && first.sequence() > sequence)) {
      LOG.warn(
          "The tensors of {} from epoch {} sequence {} to epoch {} sequence {} have been deleted:"
              + " reading begins behind them",
          topic.name(),
          epoch,
          sequence,
          first.epoch(),
          first.sequence());
      epoch = first.epoch();
      sequence = first.sequence();
      start = new StreamPosition(epoch, sequence, start.offsets());
    }
  }

  private void remove(int partition) {
    TensorRecord first = records.peek(partition);
    bytesRead += first == null ? 0 : first.bytes();
    records.remove(partition);
    heads[partition] = null;
  }

  private TensorItem await(int partition) {
    TensorItem head = head(partition);
    if (head != null) {
      return head;
    }
    StallWatch stall = new StallWatch(timeout);
    while (head == null) {
      records.await(partition, POLL);
      head = head(partition);
      if (head == null) {
        stall.check(() -> waitingFor(partition));
      }
    }
    return head;
  }

  private String waitingFor(int partition) {
    return ("waiting for epoch %d sequence %d at %s-%d@%d (%d records of other partitions are here)."
            + " Does an augmenter run that has this partition (unless this trainer is colocated)? Is"
            + " the producer publishing? Is a transaction left open?")
        .formatted(
            epoch,
            sequence,
            topic.name(),
            partition,
            records.nextOffsets().get(partition),
            records.ready());
  }

  private @Nullable TensorItem head(int partition) {
    TensorRecord first = heads[partition] == null ? records.peek(partition) : null;
    while (heads[partition] == null && first != null) {
      heads[partition] =
          switch (first) {
            case TensorRecord.Value value -> parse(value.record());
            case TensorRecord.Failed failed -> {
              write(letters -> letters.write(failed.letter()));
              yield null; // its sequence counts as missing when a later one is there
            }
          };
      if (heads[partition] == null) {
        remove(partition);
        first = records.peek(partition);
      }
    }
    return heads[partition];
  }

  private @Nullable TensorItem parse(ConsumerRecord<String, ByteBuffer> source) {
    try {
      ByteBuffer value = source.value();
      if (value == null) {
        throw new SerializationException("the record has no value");
      }
      if (ImageTensorView.isImageTensor(value)) {
        return new TensorItem.Tensor(ImageTensorView.of(value), source);
      }
      SpecificRecord other =
          topic.serde().deserializer().deserialize(topic.name(), source.headers(), value);
      return new TensorItem.End((EpochEnd) other, source);
    } catch (SerializationException | ClassCastException e) {
      counts = counts.plus(TensorCounts.ofUnplaced());
      write(letters -> letters.write(source, check.split(), String.valueOf(e.getMessage())));
      return null;
    }
  }

  private static String place(ConsumerRecord<String, ByteBuffer> source) {
    return "%s-%d@%d".formatted(source.topic(), source.partition(), source.offset());
  }
}
