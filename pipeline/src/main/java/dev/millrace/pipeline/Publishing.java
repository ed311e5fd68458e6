package dev.millrace.pipeline;

import dev.millrace.producer.ImageProducer;
import java.util.function.Consumer;

/** A producer at work on a thread of its own. */
final class Publishing implements AutoCloseable {
  private final Work work;
  private final Runnable stop;
  private final Consumer<Exception> failed;
  private final Thread thread = new Thread(this::publish, "millrace-producer");

  /** What publishes until it is stopped. */
  @FunctionalInterface
  interface Work {
    /** Publishes; what it has published does not matter here. */
    Object run() throws InterruptedException;
  }

  /**
   * Begins to publish a dataset.
   *
   * @param failed told, on that thread, what it failed with
   */
  Publishing(ImageProducer producer, Consumer<Exception> failed) {
    this(producer::run, producer::close, failed);
  }

  /**
   * Begins to publish.
   *
   * @param stop makes the work end soon
   * @param failed told, on that thread, what it failed with
   */
  Publishing(Work work, Runnable stop, Consumer<Exception> failed) {
    this.work = work;
    this.stop = stop;
    this.failed = failed;
    thread.start();
  }

  private void publish() {
    try {
      var _ = work.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failed.accept(e);
    }
  }

  /** Stops it and waits until it has. */
  @Override
  public void close() {
    stop.run();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
