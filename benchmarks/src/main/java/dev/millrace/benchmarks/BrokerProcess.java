package dev.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A broker in a process of its own. */
final class BrokerProcess implements AutoCloseable {
  private static final Pattern UP = Pattern.compile("Broker on (\\S+);");

  private final Service service;
  private final String bootstrapServers;

  private BrokerProcess(Service service, String bootstrapServers) {
    this.service = service;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * Starts one; ready when this returns.
   *
   * @param prefix what its command begins with
   * @param folder where it keeps its topics
   */
  static BrokerProcess start(List<String> prefix, Path folder)
      throws IOException, InterruptedException {
    Service service =
        new Service(
            "broker",
            "1g",
            folder.resolve("broker.log"),
            prefix,
            List.of("broker", "--data-dir", folder.resolve("broker").toString()));
    Matcher up = service.start(UP);
    return new BrokerProcess(service, up.group(1));
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  /** CPU time it has taken so far, in nanoseconds. */
  long cpuNanos() {
    return ProcessHandle.of(service.pid())
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow()
        .toNanos();
  }

  @Override
  public void close() {
    service.close();
  }
}
