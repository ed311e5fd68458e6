package dev.millrace.trainer.flow;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.stream.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

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
  private final List<Letter> own = new ArrayList<>();
  private final TreeSet<Place> kept = new TreeSet<>();
  private boolean caughtUp;
  private long counted;
  private long unreadable;

  /**
   * A letter that counts.
   *
   * @param place the image's; null if it could not be read
   * @param byProducer whether it never reached the images topic
   * @param partition of the images topic
   * @param offset of the images topic
   */
  private record Letter(@Nullable Place place, boolean byProducer, int partition, long offset) {}

  LetterCount(String imagesTopic) {
    this.images = imagesTopic;
  }

  /** A letter of the topic; in their order. */
  synchronized void read(DeadLetter letter) {
    counting(letter).ifPresent(this::count);
  }

  /** Letters of this trainer that will be published later. */
  synchronized void own(List<DeadLetter> letters) {
    for (DeadLetter letter : letters) {
      counting(letter)
          .ifPresent(kept -> {
            if (caughtUp) {
              count(kept);
            } else {
              own.add(kept);
            }
          });
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

  private Optional<Letter> counting(DeadLetter letter) {
    boolean byProducer = letter.getTopic().isEmpty();
    boolean byAugmenter = letter.getTopic().equals(images);
    String stage = letter.getStage();
    boolean placed =
        letter.getSplit() == Split.TRAIN && letter.getEpoch() >= 0 && letter.getSequence() >= 0;
    if (stage.equals(Topics.TRAIN_STAGE)
        || stage.equals(Topics.REPLAY_STAGE)
        || !(byAugmenter || (byProducer && placed))) {
      return Optional.empty();
    }
    return Optional.of(
        new Letter(
            placed ? new Place(letter.getEpoch(), letter.getSequence()) : null,
            byProducer,
            letter.getPartition(),
            letter.getOffset()));
  }

  private void count(Letter letter) {
    if (!letter.byProducer && isKnown(letter)) {
      return;
    }
    if (letter.place == null) {
      unreadable++;
    } else {
      kept.add(letter.place);
    }
  }

  private boolean isKnown(Letter letter) {
    long before = newest.getOrDefault(letter.partition, -1L);
    newest.put(letter.partition, Math.max(before, letter.offset));
    return letter.offset <= before;
  }
}
