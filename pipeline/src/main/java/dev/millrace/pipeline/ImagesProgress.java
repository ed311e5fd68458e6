package dev.millrace.pipeline;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows how far work on images is, until it is closed: a bar with rate and time left on a terminal,
 * else a line every few seconds.
 */
final class ImagesProgress implements AutoCloseable {
  private static final Duration REFRESH = Duration.ofMillis(200);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  private final Thread thread;

  private ImagesProgress(Thread thread) {
    this.thread = thread;
  }

  /**
   * Begins to show.
   *
   * @param task what is done, such as "Reading"
   * @param total number of images, -1 for without end or not known yet, asked again and again
   * @param done how many are done, asked again and again
   */
  static ImagesProgress show(PrintWriter out, String task, LongSupplier total, LongSupplier done) {
    boolean terminal = Terminal.isPresent();
    return begin(terminal ? () -> bar(task, total, done) : () -> lines(out, task, total, done));
  }

  /**
   * Begins to show a line every few seconds, on a terminal, too: nothing for what is done at once.
   *
   * @param done how many are done of nobody knows how many, asked again and again
   */
  static ImagesProgress lines(PrintWriter out, String task, LongSupplier done) {
    return begin(() -> lines(out, task, () -> -1, done));
  }

  private static ImagesProgress begin(Runnable showing) {
    Thread thread = Thread.ofPlatform().name("progress").daemon().unstarted(showing);
    thread.start();
    return new ImagesProgress(thread);
  }

  private static void bar(String task, LongSupplier total, LongSupplier done) {
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setStyle(ProgressBarStyle.ASCII)
            .setInitialMax(total.getAsLong())
            .showSpeed()
            .setUnit(" images", 1)
            .setUpdateIntervalMillis((int) REFRESH.toMillis())
            .setConsumer(new ConsoleProgressBarConsumer(System.err))
            .build()) {
      bar.stepTo(done.getAsLong());
      while (pause(REFRESH)) {
        bar.maxHint(total.getAsLong());
        bar.stepTo(done.getAsLong());
      }
      bar.stepTo(done.getAsLong());
    }
  }

  private static void lines(PrintWriter out, String task, LongSupplier total, LongSupplier done) {
    Pace pace = Pace.from(done.getAsLong(), System.nanoTime());
    while (pause(BETWEEN_LINES)) {
      out.println(task + ": " + pace.text(done.getAsLong(), total.getAsLong(), System.nanoTime()));
      out.flush();
    }
  }

  /** Waits; false when it is time to end. */
  private static boolean pause(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      return false; // by close
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the work itself is done
    }
  }
}
