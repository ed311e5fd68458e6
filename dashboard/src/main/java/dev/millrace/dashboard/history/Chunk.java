package dev.millrace.dashboard.history;

/**
 * Points in a row, 16 bytes each: steps and times count from the first one's. What has been added
 * is never changed, so that a reader may go on with the points that it has seen.
 */
final class Chunk {
  /** The most points of one. */
  static final int MOST = 1024;

  private static final int SMALLEST = 8;
  private static final int POINT_BYTES = Integer.BYTES + Integer.BYTES + Double.BYTES;
  private static final int OVERHEAD_BYTES = 120; // four objects and a place in a list

  private final long firstStep;
  private final long firstTime;
  private final int[] steps;
  private final int[] times;
  private final double[] values;
  private int count;

  /** An empty one. */
  Chunk(long firstStep, long firstTime, int capacity) {
    this.firstStep = firstStep;
    this.firstTime = firstTime;
    this.steps = new int[capacity];
    this.times = new int[capacity];
    this.values = new double[capacity];
  }

  /** One for a series that has so many points. */
  static Chunk behind(int points, long firstStep, long firstTime) {
    return new Chunk(firstStep, firstTime, points < MOST ? SMALLEST : MOST);
  }

  /** The first points of this one, with room for as many as before. */
  Chunk first(int points) {
    return copy(points, steps.length);
  }

  /** The same points with twice the room. */
  Chunk larger() {
    return copy(count, Math.min(MOST, 2 * steps.length));
  }

  private Chunk copy(int points, int capacity) {
    Chunk copy = new Chunk(firstStep, firstTime, capacity);
    System.arraycopy(steps, 0, copy.steps, 0, points);
    System.arraycopy(times, 0, copy.times, 0, points);
    System.arraycopy(values, 0, copy.values, 0, points);
    copy.count = points;
    return copy;
  }

  /** Whether a point so far from the first one can be held at all. */
  boolean reaches(long step, long time) {
    return fits(step - firstStep) && fits(time - firstTime);
  }

  private static boolean fits(long distance) {
    return distance == (int) distance;
  }

  boolean isFull() {
    return count == steps.length;
  }

  void add(long step, long time, double value) {
    steps[count] = (int) (step - firstStep);
    times[count] = (int) (time - firstTime);
    values[count] = value;
    count++;
  }

  int count() {
    return count;
  }

  /** Points that it has room for. */
  int capacity() {
    return steps.length;
  }

  long step(int index) {
    return firstStep + steps[index];
  }

  long time(int index) {
    return firstTime + times[index];
  }

  double value(int index) {
    return values[index];
  }

  /** Memory that it takes. */
  int bytes() {
    return OVERHEAD_BYTES + POINT_BYTES * steps.length;
  }

  /** How many of its points lie before a step. */
  int before(long step) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (step(middle) < step) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
