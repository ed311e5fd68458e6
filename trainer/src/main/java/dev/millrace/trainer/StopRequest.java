package dev.millrace.trainer;

import java.time.Duration;

/** Whether, and how soon, a run shall stop before its goal. Safe for use by several threads. */
final class StopRequest {
  /** For so long a worker waits for a step in which the others are told. */
  private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

  private final boolean alone;
  private volatile boolean requested;
  private volatile boolean atOnce;
  private volatile long sinceNanos;

  /**
   * @param alone whether there are no other workers
   */
  StopRequest(boolean alone) {
    this.alone = alone;
  }

  /** To stop where all workers stop. */
  void make() {
    if (!requested) {
      sinceNanos = System.nanoTime();
      requested = true;
    }
  }

  /** To stop without telling the other workers. */
  void makeAtOnce() {
    atOnce = true;
    make();
  }

  boolean made() {
    return requested;
  }

  /** Whether to stop now, rather than in the next step with the other workers. */
  boolean leaves() {
    return requested && (alone || atOnce || System.nanoTime() - sinceNanos >= PATIENCE_NANOS);
  }
}
