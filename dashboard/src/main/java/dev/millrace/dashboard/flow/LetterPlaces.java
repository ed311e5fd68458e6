package dev.millrace.dashboard.flow;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.stream.Place;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The places of images that have a dead letter in place of a record: the producers' in the topic of
 * images, these and the augmenters' in that of tensors. Keeps the newest 10,000 of each kind and
 * split; older ones lie behind whoever reads the stream, unless one is further behind than that.
 * Safe for use by several threads.
 */
final class LetterPlaces {
  private static final int MOST = 10_000;

  private final Topics topics;
  private final Map<Split, Set<Place>> byProducers = new EnumMap<>(Split.class);
  private final Map<Split, Set<Place>> byAugmenters = new EnumMap<>(Split.class);

  LetterPlaces(Topics topics) {
    this.topics = topics;
    for (Split split : Split.values()) {
      byProducers.put(split, new LinkedHashSet<>());
      byAugmenters.put(split, new LinkedHashSet<>());
    }
  }

  /** A letter of the topic. One about a tensor, or a note of a replay, is about a record there. */
  synchronized void take(DeadLetter letter) {
    Split split = letter.getSplit();
    boolean placed = split != null && letter.getEpoch() >= 0 && letter.getSequence() >= 0;
    String stage = letter.getStage();
    if (!placed || stage.equals(Topics.TRAIN_STAGE) || stage.equals(Topics.REPLAY_STAGE)) {
      return;
    }
    Place place = new Place(letter.getEpoch(), letter.getSequence());
    if (letter.getTopic().isEmpty()) {
      add(byProducers.get(split), place);
    } else if (letter.getTopic().equals(topics.images(split).name())) {
      add(byAugmenters.get(split), place);
    }
  }

  /** How many places of a partition, from one up to another, have no image in the topic. */
  synchronized long withoutImage(Split split, int partition, int partitions, Place from, Place to) {
    return count(byProducers.get(split), partition, partitions, from, to);
  }

  /** How many places of a partition, from one up to another, have no tensor in the topic. */
  synchronized long withoutTensor(
      Split split, int partition, int partitions, Place from, Place to) {
    return count(byProducers.get(split), partition, partitions, from, to)
        + count(byAugmenters.get(split), partition, partitions, from, to);
  }

  private static void add(@Nullable Set<Place> places, Place place) {
    if (places != null && places.add(place) && places.size() > MOST) {
      places.remove(places.iterator().next());
    }
  }

  private static long count(
      @Nullable Set<Place> places, int partition, int partitions, Place from, Place to) {
    if (places == null || from.compareTo(to) >= 0) {
      return 0;
    }
    return places.stream()
        .filter(place -> place.sequence() % partitions == partition)
        .filter(place -> place.compareTo(from) >= 0 && place.compareTo(to) < 0)
        .count();
  }
}
