package dev.millrace.trainer.flow;

/**
 * What became of the images that a run has passed: {@code places = trained + deadLetters + lost -
 * doubled}.
 *
 * @param deadLetters images that have a dead letter, the trainer's own included
 * @param lost images that were not trained on and have none
 * @param doubled images trained on that are more than there are
 */
record Audit(long deadLetters, long lost, long doubled) {
  /**
   * Reconciles counts.
   *
   * @param letters dead letters of producers and augmenters about images passed
   * @param unreadable dead letters of augmenters about images whose place is not known: each
   *     explains one that is missing
   */
  static Audit of(Passed passed, long letters, long unreadable) {
    long gaps = Math.max(0, passed.missing() - letters);
    long explained = Math.min(gaps, unreadable);
    long balance = passed.trained() + passed.missing() + passed.rejected() - passed.places();
    return new Audit(
        Math.min(letters, passed.missing()) + explained + passed.rejected(),
        gaps - explained + Math.max(0, -balance),
        Math.max(0, balance));
  }
}
