package dev.millrace.trainer.flow;

import dev.millrace.schemas.stream.Place;
import java.util.List;
import java.util.OptionalInt;

/**
 * What was seen at one look at the topics.
 *
 * @param nanos when, as {@link System#nanoTime} has it
 * @param passed how far the run had come
 * @param toRead images in the topic that the trainer reads that it has not taken
 * @param toAugment images that augmenters have still to do
 * @param inOrder of those to read, how many follow each other from the next place on
 * @param letters in their order, the places from the next one on that have dead letters: they are
 *     among none of these counts
 * @param augmenterThreads threads that augment; empty if not known, or where the trainer augments
 * @param lettersRead whether all dead letters have been read
 * @param audit what became of the images that had been passed at the look before
 */
record Look(
    long nanos,
    Passed passed,
    long toRead,
    long toAugment,
    long inOrder,
    List<Place> letters,
    OptionalInt augmenterThreads,
    boolean lettersRead,
    Audit audit) {
  /** Copies the list. */
  Look {
    letters = List.copyOf(letters);
  }

  /** Of the images that were to be read or augmented then, how many have been passed since. */
  long passedSince(Passed now) {
    long known = letters.stream().takeWhile(place -> place.compareTo(now.next()) < 0).count();
    return Math.max(0, now.places() - passed.places() - known);
  }
}
