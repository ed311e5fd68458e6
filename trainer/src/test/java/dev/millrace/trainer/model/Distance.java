package dev.millrace.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;

/** How far two trainings are apart, measured by how far they have come. */
public final class Distance {
  private Distance() {}

  /**
   * Asserts for each tensor that both have moved, and that the Euclidean distance between them is
   * at most {@code share} of the way from {@code before}.
   */
  public static void assertMovedAlike(
      Map<String, ByteBuffer> before,
      Map<String, ByteBuffer> expected,
      Map<String, ByteBuffer> actual,
      double share) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    before.forEach((name, start) -> {
      double way = between(start, expected.getOrDefault(name, start));
      double apart = between(expected.getOrDefault(name, start), actual.getOrDefault(name, start));
      assertThat(way).as("way of %s", name).isPositive();
      assertThat(apart / way).as("distance of %s", name).isLessThan(share);
    });
  }

  private static double between(ByteBuffer a, ByteBuffer b) {
    FloatBuffer x = a.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    FloatBuffer y = b.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    assertThat(y.remaining()).isEqualTo(x.remaining());
    double squares = 0;
    for (int i = 0; i < x.remaining(); i++) {
      double difference = (double) x.get(i) - y.get(i);
      squares += difference * difference;
    }
    return Math.sqrt(squares);
  }
}
