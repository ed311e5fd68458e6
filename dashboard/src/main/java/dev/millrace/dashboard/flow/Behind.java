package dev.millrace.dashboard.flow;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * How far a service is behind in a topic, as counted from the records.
 *
 * @param images that it has not taken, by partition
 * @param done images that it has taken since the first look, by partition
 * @param perSecond how many it takes in a second; empty before the second look
 * @param oldestMillis when the oldest one not taken came, milliseconds since 1970; empty where that
 *     was not looked for
 */
record Behind(
    List<Long> images, List<Long> done, OptionalDouble perSecond, OptionalLong oldestMillis) {
  Behind {
    images = List.copyOf(images);
    done = List.copyOf(done);
  }

  long total() {
    return sum(images);
  }

  static long sum(List<Long> numbers) {
    return numbers.stream().mapToLong(Long::longValue).sum();
  }

  /**
   * The lag in seconds: at the present speed, or where it stands still the age of the oldest image
   * not taken; null where neither is known.
   *
   * @param total images that it is behind, by whoever knows best
   */
  @Nullable Double seconds(long total, long nowMillis) {
    if (total == 0) {
      return 0.0;
    }
    double speed = perSecond.orElse(0);
    if (speed > 0) {
      return total / speed;
    }
    return perSecond.isEmpty() || oldestMillis.isEmpty()
        ? null
        : Double.valueOf(Math.max(0, nowMillis - oldestMillis.getAsLong()) / 1000.0);
  }
}
