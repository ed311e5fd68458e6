package dev.millrace.pipeline;

import java.time.Duration;

/**
 * How fast images go by since a beginning.
 *
 * @param first number of those that had gone by then
 * @param beganAt when that was, in nanoseconds of {@link System#nanoTime}
 */
record Pace(long first, long beganAt) {
  static Pace from(long first, long beganAt) {
    return new Pace(first, beganAt);
  }

  /**
   * Number, rate and the time that is left.
   *
   * @param done how many have gone by
   * @param total how many there are, -1 for without end
   */
  String text(long done, long total, long now) {
    double seconds = (now - beganAt) / 1e9;
    double rate = seconds <= 0 ? 0 : (done - first) / seconds;
    if (total < 0) {
      return "%,d images, %,.0f/s".formatted(done, rate);
    }
    String left = rate == 0 ? "" : ", " + time((long) ((total - done) / rate)) + " left";
    return "%,d of %,d images, %,.0f/s%s".formatted(done, total, rate, left);
  }

  private static String time(long seconds) {
    Duration time = Duration.ofSeconds(seconds);
    return time.toHours() > 0
        ? "%d h %02d min".formatted(time.toHours(), time.toMinutesPart())
        : time.toMinutes() > 0
            ? "%d min %02d s".formatted(time.toMinutes(), time.toSecondsPart())
            : "%d s".formatted(seconds);
  }
}
