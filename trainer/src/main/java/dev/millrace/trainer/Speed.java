package dev.millrace.trainer;

import java.time.Duration;

/** Measures how fast training goes and how much of the time it waits for data. For one thread. */
final class Speed {
  private final StepTimes times = new StepTimes();
  private long markNanos = System.nanoTime();
  private long waitedNanos;
  private long totalNanos;
  private long totalWaitedNanos;
  private long totalImages;

  /**
   * How one step went.
   *
   * @param imagesPerSecond images a second
   * @param dataWaitShare share of the time, from 0 to 1, that was spent waiting for tensors
   */
  record Measured(double imagesPerSecond, double dataWaitShare) {}

  /** So long was spent waiting for tensors. */
  void waited(long nanos) {
    waitedNanos += nanos;
  }

  /** A step is done; it began when the one before was done. */
  Measured step(int images) {
    long now = System.nanoTime();
    long nanos = now - markNanos;
    Measured measured = measured(images, nanos, waitedNanos);
    totalNanos += nanos;
    totalWaitedNanos += waitedNanos;
    totalImages += images;
    times.add(nanos);
    restart();
    return measured;
  }

  /** How long the latest steps took, waiting for tensors included. */
  StepTimes times() {
    return times;
  }

  /** Leaves out the time since the last step, which was spent on something else. */
  void restart() {
    markNanos = System.nanoTime();
    waitedNanos = 0;
  }

  /** All steps together. */
  Measured total() {
    return measured(totalImages, totalNanos, totalWaitedNanos);
  }

  private static Measured measured(long images, long nanos, long waited) {
    double seconds = (double) nanos / Duration.ofSeconds(1).toNanos();
    return seconds > 0
        ? new Measured(images / seconds, Math.min(1, (double) waited / nanos))
        : new Measured(0, 0);
  }
}
