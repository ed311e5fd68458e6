package dev.millrace.trainer.flow;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks at the stream every two seconds, on a thread of its own: how far the trainer and the
 * augmenters are behind, what became of the images passed, and what training waits for. Brokers
 * that do not answer leave the values out and training alone. Safe for use by several threads.
 */
public final class FlowWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlowWatch.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(2);

  private static final Duration LATELY = BETWEEN_LOOKS.plusSeconds(1);
  private static final double LEAST_SECONDS = 2;

  private final Supplier<StreamLook> eyes;
  private final LetterCount letters;
  private final boolean colocated;
  private final int partitions;
  private final Judge judge;
  private final InstantSource clock;
  private final WaitWindow window = new WaitWindow();
  private final Thread thread =
      Thread.ofPlatform().name("flow-watch").daemon().unstarted(this::run);
  private volatile Passed passed;
  private volatile @Nullable Look newest;
  private volatile Verdict verdict = Verdict.NONE;
  private volatile @Nullable StreamLook opened;
  private volatile boolean closed;
  private boolean failed;

  /**
   * Prepares the thread.
   *
   * @param consumers makes consumers of committed records that are of no group
   * @param admin stays the caller's to close
   * @param start where the run begins or goes on; with the offset of every partition
   * @param colocated whether the trainer reads the images topic
   * @param clock gives verdicts their time
   */
  public FlowWatch(
      Supplier<Consumer<String, ByteBuffer>> consumers,
      Admin admin,
      Topics topics,
      Passed start,
      boolean colocated,
      int minibatchSize,
      InstantSource clock) {
    this.partitions = start.offsets().size();
    this.letters = new LetterCount(topics.images(Split.TRAIN).name());
    this.eyes = () -> new StreamLook(consumers, admin, topics, partitions, colocated, letters);
    this.colocated = colocated;
    this.judge = new Judge(minibatchSize, partitions, colocated);
    this.clock = clock;
    this.passed = start;
  }

  /** Begins to look. */
  public FlowWatch start() {
    thread.start();
    return this;
  }

  /** How long training waits and works; for the training thread to tell. */
  public WaitWindow window() {
    return window;
  }

  /** The run has come so far. */
  public void moved(Passed now) {
    passed = now;
  }

  /** Dead letters of this trainer that the next checkpoint will publish. */
  public void lettersKept(List<DeadLetter> kept) {
    letters.own(kept);
  }

  /** What is known. */
  public FlowReport report() {
    Passed now = passed;
    Map<String, Double> values = new HashMap<>();
    values.put("trained_images", (double) now.trained());
    Look look = newest;
    if (look == null) {
      return new FlowReport(values, Verdict.NONE);
    }
    long since = look.passedSince(now);
    values.put("trainer_lag_images", (double) Math.max(0, look.toRead() - since));
    values.put("waiting_images", (double) Math.max(0, look.toRead() + look.toAugment() - since));
    if (!colocated) {
      values.put("augmenter_lag_images", (double) look.toAugment());
      look.augmenterThreads().ifPresent(n -> values.put("augmenter_threads", (double) n));
    }
    if (look.lettersRead()) {
      Audit audit = Audit.of(now, letters.before(now.next()), letters.unreadable());
      values.put("dead_letter_images", (double) audit.deadLetters());
      values.put("lost_images", (double) look.audit().lost());
      values.put("doubled_images", (double) audit.doubled());
    }
    Verdict found = verdict;
    values.put(
        "waiting_since_seconds",
        found.since() == null
            ? 0
            : Duration.between(found.since(), clock.instant()).toMillis() / 1000.0);
    values.put("short_augmenters", (double) found.moreThreads());
    return new FlowReport(values, found);
  }

  /** Whether training waits, by the latest look that succeeded. */
  public Verdict verdict() {
    return verdict;
  }

  private void run() {
    try (StreamLook eye = open()) {
      while (!closed && eye != null) {
        look(eye);
        Thread.sleep(BETWEEN_LOOKS);
      }
    } catch (InterruptedException | InterruptException | WakeupException e) {
      LOG.debug("Ending: {}", e.getMessage());
    } catch (RuntimeException e) {
      log(e);
    }
  }

  private @Nullable StreamLook open() throws InterruptedException {
    while (!closed) {
      try {
        StreamLook eye = eyes.get();
        opened = eye;
        return eye;
      } catch (KafkaException e) {
        log(e);
        Thread.sleep(BETWEEN_LOOKS);
      }
    }
    return null;
  }

  private void look(StreamLook eye) throws InterruptedException {
    Passed now = passed;
    if (now.isPlaceUnknown()) {
      return;
    }
    try {
      Look look = eye.at(now);
      judge(look);
      newest = look;
      failed = false;
    } catch (InterruptException | WakeupException e) {
      throw e;
    } catch (OffsetOutOfRangeException e) {
      LOG.debug("Records were deleted while they were looked at", e);
    } catch (RuntimeException e) {
      newest = null;
      judge.forget();
      log(e);
    }
  }

  private void judge(Look look) {
    Optional<WaitWindow.Measured> all = window.measured();
    if (all.isPresent() && all.get().seconds() >= LEAST_SECONDS) {
      double lately = window.measured(LATELY).map(WaitWindow.Measured::share).orElse(0.0);
      verdict = judge.on(look, all.get(), lately, clock.instant());
    } // otherwise nothing was waited for or done: an evaluation, or a long step
  }

  private void log(RuntimeException e) {
    LOG.atLevel(failed ? Level.DEBUG : Level.WARN)
        .log(
            "Cannot see how much of the stream waits, trying again; metrics leave it out meanwhile."
                + " {}",
            String.valueOf(e.getMessage()));
    LOG.debug("The reason", e);
    failed = true;
  }

  /** Ends the thread; does not wait long for brokers that do not answer. */
  @Override
  public void close() {
    closed = true;
    StreamLook eye = opened;
    if (eye != null) {
      eye.wakeup();
    }
    thread.interrupt();
    try {
      thread.join(LONGEST_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
