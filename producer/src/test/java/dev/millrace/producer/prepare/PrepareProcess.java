package dev.millrace.producer.prepare;

import dev.millrace.producer.dataset.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A preparation in a process of its own, to be killed. */
final class PrepareProcess {
  static final PrepareOptions OPTIONS = new PrepareOptions(16, 90, 2, 1, 1 << 20);

  private PrepareProcess() {}

  /** Prepares a folder: data, output. */
  public static void main(String[] arguments) throws Exception {
    try (Dataset dataset = Dataset.open(Path.of(arguments[0]), 0.2, 1)) {
      new Preparation(dataset, Path.of(arguments[1]), OPTIONS, 2).run();
    }
  }

  static Process start(Path data, Path output, Path log) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // it lives for seconds
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            PrepareProcess.class.getName(),
            data.toString(),
            output.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
