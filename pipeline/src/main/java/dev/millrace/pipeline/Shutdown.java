package dev.millrace.pipeline;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C and SIGTERM: asks the running command to stop, and keeps the process alive until it has
 * left cleanly.
 */
final class Shutdown {
  private static final long LONGEST_SECONDS = 120;
  private static final CountDownLatch FINISHED = new CountDownLatch(1);
  private static final AtomicReference<@Nullable Runnable> STOP = new AtomicReference<>();

  private static final AtomicBoolean REQUESTED = new AtomicBoolean();

  private Shutdown() {}

  /** Runs {@code stop}, in a thread of its own, when the process is told to end. */
  static void onSignal(Runnable stop) {
    if (STOP.getAndSet(stop) == null) {
      Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::stopAndWait, "shutdown"));
    }
  }

  /** Whether the process was told to end. */
  static boolean requested() {
    return REQUESTED.get();
  }

  /** The command has come to its end. */
  static void finished() {
    FINISHED.countDown();
  }

  private static void stopAndWait() {
    Runnable stop = STOP.get();
    if (stop == null || FINISHED.getCount() == 0) {
      return;
    }
    REQUESTED.set(true);
    stop.run();
    try {
      if (!FINISHED.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
        System.err.println(
            "Left after %d s without a clean end; the same command resumes."
                .formatted(LONGEST_SECONDS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
