package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Runs what people would use instead, on the same images in the same run.
 *
 * @param python the interpreter that has the peers' libraries
 * @param scripts folder of the peers' scripts
 * @param seconds length of each measurement
 */
record Peers(String python, Path scripts, double seconds) {
  private static final List<String> NAMES = List.of("opencv", "torchvision", "tfdata");

  /**
   * Measures them all.
   *
   * @param originals folder of the images
   * @param prepared folder of the images prepared at 256 x 256
   * @param report gets the figures
   * @param missing gets a line for each peer that cannot run here
   */
  void run(Path originals, Path prepared, Consumer<Measurement> report, Consumer<String> missing)
      throws IOException, InterruptedException {
    for (String name : NAMES) {
      run(
          name,
          report,
          missing,
          List.of(
              python,
              scripts.resolve(name + "_augment.py").toString(),
              originals.toString(),
              prepared.toString(),
              "%.1f".formatted(seconds)));
    }
  }

  /**
   * Steps of training as PyTorch does them, on random images.
   *
   * @param device as PyTorch calls it, cpu or cuda
   * @param report gets each figure as soon as it is there
   * @param missing gets a line if it cannot run here
   */
  static void steps(
      String python,
      Path scripts,
      int steps,
      int minibatchSize,
      String device,
      Consumer<Measurement> report,
      Consumer<String> missing)
      throws IOException, InterruptedException {
    run(
        "torch",
        report,
        missing,
        List.of(
            python,
            scripts.resolve("alexnet_torch.py").toString(),
            Integer.toString(steps),
            Integer.toString(minibatchSize),
            device));
  }

  private static void run(
      String name, Consumer<Measurement> report, Consumer<String> missing, List<String> command)
      throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> other = new ArrayList<>();
    try (var lines = process.inputReader()) {
      lines
          .lines()
          .forEach(line -> {
            if (line.startsWith("peer.")) {
              report.accept(measurement(line));
            } else if (!line.isBlank()) {
              other.add(line.strip());
            }
          });
    }
    if (process.waitFor() != 0) {
      missing.accept(
          "peer.%s is missing: %s"
              .formatted(name, other.isEmpty() ? "it says nothing" : other.getLast()));
    }
  }

  private static Measurement measurement(String line) {
    String[] words = line.split(" ", -1);
    return new Measurement(
        words[0].toLowerCase(Locale.ROOT),
        1,
        Long.parseLong(words[1]),
        Double.parseDouble(words[2]),
        Double.parseDouble(words[3]));
  }
}
