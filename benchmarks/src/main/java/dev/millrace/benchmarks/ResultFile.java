package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes figures as JSON, so that two runs can be compared. Of measurements, images a CPU-second
 * are under {@code NAME.threadsN}, images a second under {@code NAME.threadsN.speed}.
 *
 * @param benchmark its name
 * @param data what was worked on
 */
record ResultFile(String benchmark, Path data) {
  void write(Path file, List<Measurement> measured, Map<String, Double> others) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (Measurement one : measured) {
      String name = figure(one);
      figures.put(name, one.perCpuSecond());
      figures.put(name + ".speed", one.perSecond());
    }
    figures.putAll(others);
    write(file, figures);
  }

  void write(Path file, Map<String, Double> figures) throws IOException {
    List<String> lines = new ArrayList<>();
    figures.forEach((name, value) -> lines.add("    \"%s\": %.3f".formatted(name, value)));
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.writeString(
        file,
        """
        {
          "benchmark": "%s",
          "machine": "%s",
          "versions": "Java %s",
          "data": "%s",
          "figures": {
        %s
          }
        }
        """
            .formatted(
                benchmark,
                quoted(machine()),
                Runtime.version(),
                quoted(data.toString()),
                String.join(",\n", lines)));
  }

  static String figure(Measurement one) {
    return one.threads() == 1 ? one.name() : one.name() + ".threads" + one.threads();
  }

  private static String machine() {
    return "%s %s, %d processors"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors());
  }

  private static String quoted(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
