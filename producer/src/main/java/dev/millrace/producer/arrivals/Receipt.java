package dev.millrace.producer.arrivals;

/** What became of an image that was handed over; given when it is committed. */
public sealed interface Receipt {
  /**
   * It is in the images topic.
   *
   * @param label class index
   * @param epoch its epoch
   * @param sequence its place in that epoch
   */
  record Published(int label, int epoch, long sequence) implements Receipt {}

  /** An image of this id and content arrived before. */
  record Known() implements Receipt {}

  /** An image of this id, but with other content, arrived before; that one stays. */
  record Other() implements Receipt {}

  /**
   * It cannot be taken, and is among the dead letters if it was to be kept.
   *
   * @param reason why
   */
  record Rejected(String reason) implements Receipt {}
}
