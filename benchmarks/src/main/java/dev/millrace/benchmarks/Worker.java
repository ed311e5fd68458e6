package dev.millrace.benchmarks;

import dev.millrace.pipeline.Millrace;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An augmenter in a process of its own, as users start it, with a heap of 512 MiB. */
final class Worker implements AutoCloseable {
  private static final Pattern MOST_MEMORY = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private final Process process;
  private final long startedAt = System.nanoTime();

  private Worker(Process process) {
    this.process = process;
  }

  static Worker start(String servers, Topics topics, Path log) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseParallelGC",
            "-XX:+UseTransparentHugePages",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Millrace.class.getName(),
            "augment",
            "--model",
            "alexnet",
            "--augmenter-threads",
            "1",
            "--bootstrap-servers",
            servers,
            "--prefix",
            topics.prefix());
    return new Worker(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
  }

  double secondsSinceStart() {
    return (System.nanoTime() - startedAt) / 1e9;
  }

  /** Throws if it has ended; for a counter of tensors that waits for it. */
  long noneIfAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException("The augmenter ended with " + process.exitValue());
    }
    return 0;
  }

  /** The most memory it has had so far, in MiB. */
  double peakMebibytes() throws IOException {
    Matcher most =
        MOST_MEMORY.matcher(
            Files.readString(Path.of("/proc", Long.toString(process.pid()), "status")));
    return most.find() ? Long.parseLong(most.group(1)) / 1024.0 : Double.NaN;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
