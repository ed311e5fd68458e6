package dev.millrace.dashboard.flow;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One split's stream at one look.
 *
 * @param topics by name
 * @param augmenters null where there need not be any
 * @param trainers by run: those that have not finished and read this split
 */
record SplitView(
    Map<String, Seen> topics, @Nullable Behind augmenters, Map<String, Behind> trainers) {
  SplitView {
    topics = Map.copyOf(topics);
    trainers = Map.copyOf(trainers);
  }

  /**
   * A topic.
   *
   * @param kept images that have not been deleted, by partition
   * @param come images that have come since the first look, by partition
   * @param perSecond images that come in a second; empty before the second look
   * @param imageBytes mean length of an image; 0 if none was seen
   */
  record Seen(List<Long> kept, List<Long> come, OptionalDouble perSecond, double imageBytes) {
    Seen {
      kept = List.copyOf(kept);
      come = List.copyOf(come);
    }
  }
}
