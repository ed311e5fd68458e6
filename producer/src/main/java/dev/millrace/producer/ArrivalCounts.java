package dev.millrace.producer;

import java.util.concurrent.atomic.AtomicLong;

/** What was published and committed. One thread counts, others may look. */
final class ArrivalCounts {
  private final AtomicLong images = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong deadLetters = new AtomicLong();

  void published(long size) {
    images.incrementAndGet();
    bytes.addAndGet(size);
  }

  void rejected() {
    deadLetters.incrementAndGet();
  }

  long images() {
    return images.get();
  }

  ProducerSummary summary() {
    return new ProducerSummary(images.get(), bytes.get(), deadLetters.get());
  }
}
