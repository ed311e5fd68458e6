package dev.millrace.trainer.flow;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.stream.EpochSizes;
import dev.millrace.schemas.stream.Place;
import dev.millrace.schemas.stream.Reach;
import dev.millrace.schemas.stream.TopicEnds;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the topics: how far they reach, which dead letters there are, who augments. For one
 * thread, but for {@link #wakeup}.
 */
final class StreamLook implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Epochs whose ends are searched for at one look, at most. */
  private static final int MOST_SEARCHES = 4;

  private final Consumer<?, ByteBuffer> reader;
  private final Consumer<?, ByteBuffer> letterConsumer;
  private final int partitions;
  private final boolean colocated;
  private final EpochSizes sizes = new EpochSizes();
  private final TopicEnds images;
  private final TopicEnds tensors;
  private final AugmenterThreads augmenters;
  private final LetterReader letterReader;
  private final LetterCount letters;
  private @Nullable Passed before;

  /**
   * Opens the consumers.
   *
   * @param consumers makes consumers of committed records that are of no group
   * @param admin stays the caller's to close
   * @param partitions of the training split
   * @param colocated whether the trainer reads the images topic
   */
  StreamLook(
      Supplier<Consumer<String, ByteBuffer>> consumers,
      Admin admin,
      Topics topics,
      int partitions,
      boolean colocated,
      LetterCount letters) {
    this.reader = consumers.get();
    this.letterConsumer = consumers.get();
    this.partitions = partitions;
    this.colocated = colocated;
    this.images = new TopicEnds(reader, topics.images(Split.TRAIN), partitions, sizes);
    this.tensors = new TopicEnds(reader, topics.tensors(Split.TRAIN), partitions, sizes);
    this.augmenters = new AugmenterThreads(admin, topics.augmenterGroup());
    this.letterReader = new LetterReader(letterConsumer, topics.deadLetters(), letters);
    this.letters = letters;
  }

  /**
   * Looks once.
   *
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer
   */
  Look at(Passed passed) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    if (passed.lastEpochImages() >= 0) {
      sizes.put(passed.next().epoch() - 1, passed.lastEpochImages());
    }
    sizes.forget(passed.next().epoch());
    // Tensors before images: what is augmented meanwhile is not counted as neither.
    Reach taken = Reach.to(passed.next(), partitions);
    List<@Nullable Place> made =
        colocated
            ? Collections.nCopies(partitions, null)
            : tensors.read(passed.offsets(), deadline);
    List<@Nullable Place> published =
        images.read(colocated ? passed.offsets() : Map.of(), deadline);
    Reach readable = Reach.of(colocated ? published : made, taken);
    Reach all = Reach.of(published, readable);
    findSizes(passed, readable, all, deadline);
    boolean lettersRead = letterReader.readOn(deadline);
    if (lettersRead && !letters.isCaughtUp()) {
      letters.caughtUp();
    }
    Audit audit = audit(passed);
    OptionalInt threads =
        colocated
            ? OptionalInt.empty()
            : augmenters.count(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
    List<Place> ahead = letters.from(passed.next());
    long withoutTensor = ahead.stream().filter(readable::has).count();
    long withoutImage = ahead.stream().filter(all::has).count() - withoutTensor;
    return new Look(
        System.nanoTime(),
        passed,
        Math.max(0, taken.placesTo(readable, sizes) - withoutTensor),
        Math.max(0, readable.placesTo(all, sizes) - withoutImage),
        readable.inOrder(passed.next(), sizes),
        ahead,
        threads,
        lettersRead,
        audit);
  }

  // A letter may come a moment later than the tensors behind it: only what had been passed at the
  // look before, and still has none, is lost.
  private Audit audit(Passed passed) {
    Passed earlier = before == null ? passed : before;
    boolean twice = before != null;
    before = passed;
    Place first = earlier.first();
    if (first == null) {
      return new Audit(0, 0, 0);
    }
    letters.advance(first, earlier.next());
    Audit audit = Audit.of(earlier, letters.before(earlier.next()), letters.unreadable());
    return twice ? audit : new Audit(audit.deadLetters(), 0, audit.doubled());
  }

  private void findSizes(Passed passed, Reach readable, Reach all, long deadline) {
    int searches = 0;
    int epoch = passed.next().epoch();
    for (; epoch < last(all) && searches < MOST_SEARCHES; epoch++) {
      if (!sizes.knows(epoch)) {
        searches++;
        boolean inTensors = !colocated && readable.ends().getFirst().epoch() > epoch;
        long from = passed.offsets().getOrDefault(0, 0L);
        if (inTensors) {
          tensors.findEnd(epoch, from, deadline);
        } else {
          images.findEnd(epoch, colocated ? from : 0, deadline);
        }
      }
    }
  }

  private static int last(Reach all) {
    return all.ends().stream().mapToInt(Place::epoch).max().orElse(0);
  }

  /** Makes the look under way fail. From any thread. */
  void wakeup() {
    reader.wakeup();
    letterConsumer.wakeup();
  }

  @Override
  public void close() {
    try {
      reader.close();
    } finally {
      letterConsumer.close();
    }
  }
}
