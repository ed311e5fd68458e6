package dev.millrace.trainer.flow;

import java.util.OptionalInt;

/**
 * What a {@link Verdict} rests on.
 *
 * @param waitShare share of the latest seconds, from 0 to 1, that training waited
 * @param imagesPerSecond images trained on in a second
 * @param minibatchSize images in a minibatch
 * @param inOrder images that could be trained on at once: they follow each other in the topic that
 *     the trainer reads, from its next place on
 * @param toAugment images that augmenters have still to do; 0 where the trainer augments by itself
 * @param augmenterThreads threads that augment, where known
 * @param partitions partitions of the topic, beyond which no more threads have work
 * @param colocated whether the trainer augments by itself
 */
record Situation(
    double waitShare,
    double imagesPerSecond,
    int minibatchSize,
    long inOrder,
    long toAugment,
    OptionalInt augmenterThreads,
    int partitions,
    boolean colocated) {
  /** Share of the time above which training is said to wait. */
  static final double MOST_WAITING = 0.02;

  // As many as may be in the reader's memory while a step is computed are no backlog.
  private static final double MINIBATCHES_READ_AHEAD = 4;

  // Tensors are committed about once a second: what comes at once then is no backlog, and images
  // that are under way until then do not wait.
  private static final double SECONDS_UNDER_WAY = 2;

  Shortage shortage() {
    if (!(waitShare > MOST_WAITING)) {
      return Shortage.NONE;
    }
    if (inOrder > Math.max(MINIBATCHES_READ_AHEAD * minibatchSize, underWay())) {
      return colocated ? Shortage.AUGMENT_THREADS : Shortage.READING;
    }
    return imagesWait() ? Shortage.AUGMENTERS : Shortage.PRODUCERS;
  }

  private boolean imagesWait() {
    boolean nobodyWorks = augmenterThreads.isPresent() && augmenterThreads.getAsInt() == 0;
    return toAugment > (nobodyWorks ? 0 : Math.max(minibatchSize, underWay()));
  }

  private double underWay() {
    return SECONDS_UNDER_WAY * imagesPerSecond;
  }

  /** How many more threads keep up with training, however few partitions there are. */
  long wantedThreads() {
    if (augmenterThreads.isEmpty()) {
      return 0;
    }
    int threads = augmenterThreads.getAsInt();
    double needed = Math.ceil(threads / (1 - waitShare));
    return threads == 0 ? 1 : (long) Math.min(needed, Integer.MAX_VALUE) - threads;
  }

  /** How many more threads would have partitions. */
  int roomForThreads() {
    return Math.max(0, partitions - augmenterThreads.orElse(0));
  }
}
