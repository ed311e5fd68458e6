package dev.millrace.benchmarks;

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

  private final Service service;
  private final long startedAt = System.nanoTime();

  private Worker(Service service) {
    this.service = service;
  }

  static Worker start(String servers, Topics topics, Path log) throws IOException {
    List<String> arguments =
        List.of(
            "augment",
            "--model",
            "alexnet",
            "--augmenter-threads",
            "1",
            "--bootstrap-servers",
            servers,
            "--prefix",
            topics.prefix());
    Worker worker = new Worker(new Service("augmenter", "512m", log, arguments));
    worker.service.start();
    return worker;
  }

  double secondsSinceStart() {
    return (System.nanoTime() - startedAt) / 1e9;
  }

  /** Throws if it has ended; for a counter of tensors that waits for it. */
  long noneIfAlive() {
    if (!service.isAlive()) {
      throw new IllegalStateException("The augmenter has ended");
    }
    return 0;
  }

  /** The most memory it has had so far, in MiB. */
  double peakMebibytes() throws IOException {
    Matcher most =
        MOST_MEMORY.matcher(
            Files.readString(Path.of("/proc", Long.toString(service.pid()), "status")));
    return most.find() ? Long.parseLong(most.group(1)) / 1024.0 : Double.NaN;
  }

  @Override
  public void close() {
    service.close();
  }
}
