package dev.millrace.benchmarks;

/**
 * Images that were worked on, and what that took.
 *
 * @param name what was done to them
 * @param threads by how many threads
 * @param images how many
 * @param seconds wall-clock time
 * @param cpuSeconds CPU time of the whole process
 */
record Measurement(String name, int threads, long images, double seconds, double cpuSeconds) {
  /** The table's first lines. */
  static String header() {
    return "%-34s %7s %8s %10s %13s %12s"
        .formatted("", "threads", "images", "images/s", "images/CPU-s", "CPU ms/image");
  }

  double perSecond() {
    return images / seconds;
  }

  double perCpuSecond() {
    return images / cpuSeconds;
  }

  /** A line of the table. */
  String line() {
    return "%-34s %7d %8d %10.0f %13.0f %12.2f"
        .formatted(name, threads, images, perSecond(), perCpuSecond(), 1000 * cpuSeconds / images);
  }
}
