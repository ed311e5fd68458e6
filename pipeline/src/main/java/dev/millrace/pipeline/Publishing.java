package dev.millrace.pipeline;

import dev.millrace.producer.ImageProducer;
import java.util.function.Consumer;

/** A producer at work on a thread of its own. */
final class Publishing implements AutoCloseable {
  private final ImageProducer producer;
  private final Consumer<Exception> failed;
  private final Thread thread = new Thread(this::publish, "millrace-producer");

  /**
   * Begins to publish.
   *
   * @param failed told, on that thread, what it failed with
   */
  Publishing(ImageProducer producer, Consumer<Exception> failed) {
    this.producer = producer;
    this.failed = failed;
    thread.start();
  }

  private void publish() {
    try {
      producer.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      failed.accept(e);
    }
  }

  /** Stops it and waits until it has. */
  @Override
  public void close() {
    producer.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
