package dev.millrace.trainer.flow;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The dead letters of training images: those of producers, which name no topic, and those of
 * augmenters, or of trainers in their place, which name the images topic. Any other letter of a
 * trainer is about a tensor that exists. Keeps the places of those ahead of the trainer and counts
 * the others. Safe for use by several threads.
 *
 * <p>Several readers of the images write a letter each about the same image. Each goes through a
 * partition in its order, so a letter about an offset that another was about, or went past, is not
 * counted again.
 */
final class LetterCount {
  private final String images;
  private final Map<Integer, Long> newest = new HashMap<>();
  private final List<DeadLetter> own = new ArrayList<>();
  private final TreeSet<Place> kept = new TreeSet<>();
  private boolean caughtUp;
  private long counted;
  private long unreadable;

  LetterCount(String imagesTopic) {
    this.images = imagesTopic;
  }

  /** A letter of the topic; in their order. */
  synchronized void read(DeadLetter letter) {
    count(letter);
  }

  /** Letters of this trainer that will be published later. */
  synchronized void own(List<DeadLetter> letters) {
    for (DeadLetter letter : letters) {
      if (caughtUp) {
        count(letter);
      } else {
        own.add(DeadLetter.newBuilder(letter).setBytes(ByteBuffer.allocate(0)).build());
      }
    }
  }

  /** The topic was read to its end once: what this trainer adds is newer. */
  synchronized void caughtUp() {
    caughtUp = true;
    own.forEach(this::count);
    own.clear();
  }

  synchronized boolean isCaughtUp() {
    return caughtUp;
  }

  /** Counts the letters from one place up to another; those before are about nothing passed. */
  synchronized void advance(Place first, Place next) {
    kept.headSet(first).clear();
    counted += kept.headSet(next).size();
    kept.headSet(next).clear();
  }

  /** Number of letters from the first place up to one that is not before those counted. */
  synchronized long before(Place next) {
    return counted + kept.headSet(next).size();
  }

  /** The places of letters from one place on. */
  synchronized List<Place> from(Place next) {
    return List.copyOf(kept.tailSet(next));
  }

  /** Number of letters about images whose place could not be read. */
  synchronized long unreadable() {
    return unreadable;
  }

  private void count(DeadLetter letter) {
    boolean byProducer = letter.getTopic().isEmpty();
    boolean byAugmenter = letter.getTopic().equals(images);
    boolean counts =
        !letter.getStage().equals(Topics.TRAIN_STAGE)
            && !letter.getStage().equals(Topics.REPLAY_STAGE);
    if (!counts || !(byProducer || byAugmenter) || (byAugmenter && isKnown(letter))) {
      return;
    }
    if (letter.getSplit() == Split.TRAIN && letter.getEpoch() >= 0 && letter.getSequence() >= 0) {
      kept.add(new Place(letter.getEpoch(), letter.getSequence()));
    } else if (byAugmenter) {
      unreadable++;
    }
  }

  private boolean isKnown(DeadLetter letter) {
    long before = newest.getOrDefault(letter.getPartition(), -1L);
    newest.put(letter.getPartition(), Math.max(before, letter.getOffset()));
    return letter.getOffset() <= before;
  }
}
