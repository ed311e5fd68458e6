package dev.millrace.benchmarks;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Lists an archive in a process of its own, with a small heap. */
final class ListingProcess {
  /** Of the heap that a listing is to get along with. */
  static final int HEAP_MIB = 256;

  private static final int MIB = 1 << 20;

  private ListingProcess() {}

  /**
   * What listing took.
   *
   * @param images images listed
   * @param seconds wall-clock time
   * @param retainedMib MiB of the heap that stay in use, with an epoch's order
   */
  record Listed(long images, double seconds, double retainedMib) {}

  /** Lists the archive that the argument names. */
  public static void main(String[] arguments) throws Exception {
    long started = System.nanoTime();
    try (Dataset dataset = Dataset.open(Path.of(arguments[0]), 0, 1)) {
      double seconds = (System.nanoTime() - started) / 1e9;
      int[] order = dataset.order(Split.TRAIN, 1, 0);
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      double retained = (double) (runtime.totalMemory() - runtime.freeMemory()) / MIB;
      System.out.printf("%d %.3f %.3f%n", order.length, seconds, retained);
    }
  }

  /**
   * Starts the process and waits for it.
   *
   * @throws IOException if it fails, as when the heap is too small
   */
  static Listed run(Path archive) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx%dm".formatted(HEAP_MIB),
                    "-cp",
                    System.getProperty("java.class.path"),
                    ListingProcess.class.getName(),
                    archive.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output;
    try (var from = process.getInputStream()) {
      output = new String(from.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (process.waitFor() != 0) {
      throw new IOException(
          "Listing %s with a heap of %d MiB failed: %s".formatted(archive, HEAP_MIB, output));
    }
    String[] words = output.strip().lines().reduce("", (_, last) -> last).split(" ", -1);
    return new Listed(
        Long.parseLong(words[0]), Double.parseDouble(words[1]), Double.parseDouble(words[2]));
  }
}
