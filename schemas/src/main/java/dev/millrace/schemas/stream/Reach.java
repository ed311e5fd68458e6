package dev.millrace.schemas.stream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the partitions of a topic reach. Sequence s of an epoch lies in partition s mod P.
 *
 * @param ends by partition, the place behind the newest record: the epoch's beginning where that is
 *     the end of the epoch before
 */
public record Reach(List<Place> ends) {
  /** Copies the list. */
  public Reach {
    ends = List.copyOf(ends);
  }

  /** The same for partitions of which nothing is known: they reach as far as another does. */
  public static Reach of(List<@Nullable Place> ends, Reach otherwise) {
    List<Place> known = new ArrayList<>();
    for (int p = 0; p < ends.size(); p++) {
      Place end = ends.get(p);
      Place least = otherwise.ends.get(p);
      known.add(end == null ? least : Place.later(end, least));
    }
    return new Reach(known);
  }

  /** All partitions reach to one place. */
  public static Reach to(Place place, int partitions) {
    return new Reach(Collections.nCopies(partitions, place));
  }

  /** Number of places from where this one reaches to where a further one does. */
  public long placesTo(Reach further, EpochSizes sizes) {
    long places = 0;
    for (int p = 0; p < ends.size(); p++) {
      places += placesTo(further, p, sizes);
    }
    return places;
  }

  /** Number of places of one partition from where this one reaches to where a further one does. */
  public long placesTo(Reach further, int partition, EpochSizes sizes) {
    return places(ends.get(partition), further.ends.get(partition), partition, sizes);
  }

  /** Whether a place is before the end of its partition. */
  public boolean has(Place place) {
    return place.compareTo(ends.get((int) (place.sequence() % ends.size()))) < 0;
  }

  /** Number of places from one on that follow each other without one that is not there yet. */
  public long inOrder(Place from, EpochSizes sizes) {
    Place gap = null;
    for (int p = 0; p < ends.size(); p++) {
      Place end = ends.get(p);
      long behind = Math.floorMod(p - end.sequence(), ends.size());
      Place absent = new Place(end.epoch(), end.sequence() + behind);
      gap = gap == null || absent.compareTo(gap) < 0 ? absent : gap;
    }
    if (gap == null || gap.compareTo(from) <= 0) {
      return 0;
    }
    long before = gap.sequence();
    for (int epoch = from.epoch(); epoch < gap.epoch(); epoch++) {
      before += sizes.of(epoch);
    }
    return Math.max(0, before - from.sequence());
  }

  private long places(Place from, Place to, int partition, EpochSizes sizes) {
    if (from.compareTo(to) >= 0) {
      return 0;
    }
    long places = share(to.sequence(), partition);
    for (int epoch = from.epoch(); epoch < to.epoch(); epoch++) {
      places += share(sizes.of(epoch), partition);
    }
    return Math.max(0, places - share(from.sequence(), partition));
  }

  // How many of an epoch's first images lie in a partition.
  private long share(long images, int partition) {
    return Math.max(0, Math.ceilDiv(images - partition, (long) ends.size()));
  }
}
