package dev.millrace.benchmarks;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the dashboard bears. */
@Command(
    name = "benchmarks/run dashboard",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Publishes metrics of several runs to an embedded broker while browsers' event streams are"
          + " open at a dashboard in a process of its own, and checks that every record of every run"
          + " comes to every stream, once and in order. Other streams are read too slowly: they must"
          + " be told so and dropped.",
      "Before that, a run of many steps is published, and how long its chart takes is measured."
    })
public final class DashboardBenchmark implements Callable<Integer> {
  private static final Topics TOPICS = new Topics("shown");
  private static final String PROBE = "probe";
  private static final String EARLIER = "earlier";
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Duration SLOW_LIMIT = Duration.ofSeconds(60);
  private static final int CHARTS = 21;
  private static final double MIB = 1 << 20;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "5000",
      description = "Metric records a second, over all runs. Default: ${DEFAULT-VALUE}.")
  private int rate = 5000;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "120",
      description = "How long they are published. Default: ${DEFAULT-VALUE}.")
  private int seconds = 120;

  @Option(
      names = "--clients",
      paramLabel = "N",
      defaultValue = "200",
      description = "Event streams that are read. Default: ${DEFAULT-VALUE}.")
  private int clients = 200;

  @Option(
      names = "--slow-clients",
      paramLabel = "N",
      defaultValue = "10",
      description = "Event streams that are read at 40 KB/s. Default: ${DEFAULT-VALUE}.")
  private int slowClients = 10;

  @Option(
      names = "--runs",
      paramLabel = "N",
      defaultValue = "10",
      description = "Runs that the records belong to. Default: ${DEFAULT-VALUE}.")
  private int runs = 10;

  @Option(
      names = "--earlier",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "Steps of the run that was before. Default: ${DEFAULT-VALUE}.")
  private int earlier = 1_000_000;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      defaultValue = "512m",
      description = "The dashboard's largest heap. Default: ${DEFAULT-VALUE}.")
  private String heap = "512m";

  @Mixin private BrokerFolderOption brokerFolder = new BrokerFolderOption();
  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, Double> figures = new LinkedHashMap<>();

  private DashboardBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything is lost. */
  public static void main(String[] arguments) {
    System.exit(command().execute(arguments));
  }

  static CommandLine command() {
    return BenchmarkCommand.of(new DashboardBenchmark());
  }

  @Override
  public Integer call() throws Exception {
    boolean good;
    try (Folder folder = brokerFolder.open();
        EmbeddedBroker broker =
            EmbeddedBroker.start(folder.path().resolve("broker"), "127.0.0.1", 0, Map.of());
        Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        MetricsLoad load = new MetricsLoad(TOPICS, broker.bootstrapServers())) {
      TOPICS.createMissing(admin, new TopicSettings(1, (short) 1, 1 << 20));
      publishEarlier(load);
      long started = System.nanoTime();
      try (DashboardProcess dashboard =
          DashboardProcess.start(folder.path(), heap, broker.bootstrapServers(), TOPICS.prefix())) {
        awaitEarlier(dashboard, started);
        measureCharts(dashboard);
        good = measureEvents(dashboard, load);
      }
      results.write(new ResultFile("dashboard", Path.of("metrics")), figures);
    }
    return good ? 0 : 1;
  }

  private void publishEarlier(MetricsLoad load) {
    for (int step = 1; step <= earlier; step++) {
      load.publish(EARLIER, step, Map.of("loss", 7 / Math.sqrt(step) + Math.sin(step / 1e3) / 10));
    }
    load.flush();
  }

  private void awaitEarlier(DashboardProcess dashboard, long started) throws Exception {
    String last = "\"records\":%d,".formatted(earlier);
    String path = "api/series?run=%s&split=train&values=loss&points=10".formatted(EARLIER);
    await(LIMIT, () -> earlier == 0 || dashboard.get(path).contains(last));
    figure("dashboard.read.seconds", (System.nanoTime() - started) / 1e9);
  }

  private void measureCharts(DashboardProcess dashboard) throws Exception {
    if (earlier == 0) {
      return;
    }
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < CHARTS; i++) {
      long begun = System.nanoTime();
      dashboard.get("api/series?run=%s&split=train&values=loss&points=2000".formatted(EARLIER));
      millis.add((System.nanoTime() - begun) / 1e6);
    }
    figure("dashboard.series.ms.first", millis.getFirst());
    millis.sort(Double::compare);
    figure("dashboard.series.ms.p50", millis.get(CHARTS / 2));
  }

  private boolean measureEvents(DashboardProcess dashboard, MetricsLoad load) throws Exception {
    try (EventClients streams = new EventClients(dashboard.port(), clients, slowClients)) {
      awaitBeginning(streams, load);
      streams.begin();
      memory(dashboard, "before");
      double cpu = dashboard.cpuSeconds();
      long begun = System.nanoTime();

      long published = load.publish(runs, rate, seconds);

      double took = (System.nanoTime() - begun) / 1e9;
      await(LIMIT, () -> streams.leastRecords() >= published);
      figure("dashboard.cpu.seconds", dashboard.cpuSeconds() - cpu);
      await(SLOW_LIMIT, () -> streams.slowTold() >= slowClients);
      memory(dashboard, "after");
      figure("dashboard.peak.mib", dashboard.peakBytes() / MIB);
      figure("dashboard.published", published);
      figure("dashboard.published.per_second", published / took);
      figure("dashboard.received", streams.records());
      long lost = published * clients - streams.records() + streams.faults();
      figure("dashboard.lost", lost);
      figure("dashboard.clients.lost", streams.lostClients());
      figure("dashboard.delay.ms.p50", streams.age(0.5));
      figure("dashboard.delay.ms.p99", streams.age(0.99));
      figure("dashboard.slow.told", streams.slowTold());
      return lost == 0 && streams.lostClients() == 0 && streams.slowTold() == slowClients;
    }
  }

  // Only records that come behind what has been there are told.
  private static void awaitBeginning(EventClients streams, MetricsLoad load) throws Exception {
    long[] step = {0};
    await(
        LIMIT,
        () -> {
          load.publish(PROBE, ++step[0], Map.of("loss", 1.0));
          return streams.allHaveHeardOf(PROBE);
        });
    load.flush();
    Thread.sleep(Duration.ofSeconds(2)); // until the last of these has been told
  }

  private void memory(DashboardProcess dashboard, String when)
      throws IOException, InterruptedException {
    figure("dashboard.heap.mib." + when, dashboard.liveHeapBytes() / MIB);
    figure("dashboard.resident.mib." + when, dashboard.residentBytes() / MIB);
  }

  private void figure(String name, long value) {
    figure(name, (double) value);
  }

  private void figure(String name, double value) {
    figures.put(name, value);
    out().printf("%-34s %,14.1f%n", name, value);
    out().flush();
  }

  /** Something that is looked for again and again. */
  private interface Look {
    boolean isThere() throws Exception;
  }

  private static void await(Duration limit, Look look) throws Exception {
    long end = System.nanoTime() + limit.toNanos();
    while (!look.isThere() && System.nanoTime() < end) {
      Thread.sleep(100);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
