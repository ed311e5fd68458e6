package dev.millrace.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Parts this machine's processors between a broker and its client, as between two machines, so that
 * neither is slower because the other has work. By Linux's {@code taskset}; where that is not, or
 * one processor alone, they share what there is.
 */
final class Processors {
  private final int count;
  private final boolean parted;

  Processors() throws InterruptedException {
    this.count = Runtime.getRuntime().availableProcessors();
    this.parted = count > 1 && succeeds(List.of("taskset", "--version"));
  }

  /** Keeps this process, and what it starts from now on, to the second half. */
  void keepToClients() throws InterruptedException {
    String own = Long.toString(ProcessHandle.current().pid());
    if (parted && !succeeds(List.of("taskset", "-acp", list(count / 2, count), own))) {
      throw new IllegalStateException("taskset cannot keep this process to some processors");
    }
  }

  /** What a command is to begin with to run on the first half. */
  List<String> forBrokers() {
    return parted ? List.of("taskset", "-c", list(0, count / 2)) : List.of();
  }

  /** In words. */
  String describe() {
    return parted
        ? "Broker on processors %s, client on %s"
            .formatted(list(0, count / 2), list(count / 2, count))
        : "Broker and client on the same %d processor(s)".formatted(count);
  }

  private static String list(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).collect(Collectors.joining(","));
  }

  private static boolean succeeds(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // there is no such command
    }
  }
}
