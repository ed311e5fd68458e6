package dev.millrace.trainer;

import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * Publishes how far a run has come: its position about every second, what its checkpoints cover as
 * soon as they do. Safe for use by several threads.
 */
final class ProgressWriter {
  private static final long INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

  private final RecordSender sender;
  private final String read;
  private final Topics topics;
  private final String run;
  private final String group;
  private final InstantSource clock;
  private long step;
  private long images;
  private StreamPosition position;
  private Map<String, Long> acknowledged;
  private long sentAtNanos;
  private boolean sent;

  /**
   * Begins at a position that is covered by a checkpoint, or that nothing was trained before.
   *
   * @param read the topic that is read
   * @param images images trained on since the run's beginning
   */
  ProgressWriter(
      RecordSender sender,
      Topics topics,
      String read,
      String run,
      String group,
      InstantSource clock,
      long step,
      long images,
      StreamPosition start) {
    this.sender = sender;
    this.topics = topics;
    this.read = read;
    this.run = run;
    this.group = group;
    this.clock = clock;
    this.step = step;
    this.images = images;
    this.position = start;
    this.acknowledged = start.offsetsByText();
  }

  /**
   * Publishes the position and waits until it is written: from then on nobody deletes behind it.
   */
  synchronized void start() {
    send(false);
    sender.flush();
  }

  /** Moves on; published if the last record is a second old. */
  synchronized void moved(long newStep, long newImages, StreamPosition newPosition) {
    step = newStep;
    images = newImages;
    position = newPosition;
    sent = false;
    if (System.nanoTime() - sentAtNanos >= INTERVAL_NANOS) {
      send(false);
    }
  }

  /**
   * There is nothing to train on: publishes the position unless it is. Whoever is held back by this
   * run may go on only when they see that it has come here.
   */
  synchronized void waiting() {
    if (!sent) {
      send(false);
    }
  }

  /** A checkpoint covers the tensors before these offsets. Waits until it is written. */
  synchronized void acknowledged(Map<String, Long> offsets) {
    acknowledged = offsets;
    send(false);
    sender.flush();
  }

  /**
   * The run ends here. Waits until it is written.
   *
   * @param finished whether it has reached its goal, so that nobody need wait for it
   */
  synchronized void ended(
      long lastStep, long lastImages, StreamPosition lastPosition, boolean finished) {
    step = lastStep;
    images = lastImages;
    position = lastPosition;
    send(finished);
    sender.flush();
  }

  private void send(boolean finished) {
    sentAtNanos = System.nanoTime();
    sent = true;
    Progress record =
        Progress.newBuilder()
            .setGroup(group)
            .setRun(run)
            .setTopic(read)
            .setFinished(finished)
            .setStep(step)
            .setEpoch(position.epoch())
            .setNextSequence(position.sequence())
            .setImages(images)
            .setPositions(position.offsetsByText())
            .setAcknowledged(acknowledged)
            .setTime(clock.instant())
            .build();
    sender.send(topics.progress(), group, record);
  }
}
