package dev.millrace.dashboard.history;

/**
 * What part of a line is wanted.
 *
 * @param axis what it is drawn over
 * @param from the first place on the axis
 * @param to the last place on the axis
 * @param points the most points, at least 3
 */
public record Window(Axis axis, long from, long to, int points) {
  /** The line's points that show its shape. */
  Line line(Points points) {
    int first = points.firstFrom(from, axis);
    int end = to == Long.MAX_VALUE ? points.size() : points.firstFrom(to + 1, axis);
    return Line.of(points, Lttb.choose(points, first, end, this.points, axis));
  }
}
