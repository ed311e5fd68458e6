package dev.millrace.benchmarks;

import static java.util.Comparator.comparingDouble;

import dev.millrace.broker.EmbeddedBroker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What it costs to send a tensor through Kafka. */
@Command(
    name = "benchmarks/run hop",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures what a tensor of 224x224x3 bytes costs on its way through an embedded broker, in"
          + " microseconds of CPU, client and broker together, exactly-once on: encoded and produced"
          + " as augmenters do, consumed and copied into a minibatch as trainers do, deleted.",
      "The floor is what the operating system alone takes to move as many bytes through a socket,"
          + " into a file's fresh pages, and from a file through a socket.",
      "It is measured in eight turns after as many tensors to warm up; printed are the turn in the"
          + " middle and, in brackets, the lowest and the highest.",
      "With --settings, each setting that is not Kafka's default is set back to it, and others are"
          + " tried, one at a time and by turns: what is gained by each."
    })
public final class HopBenchmark implements Callable<Integer> {
  private static final int TURNS = 8;
  private static final int FLOOR_TENSORS = 16_384;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "65536",
      description = "Tensors to measure with, after as many to warm up. Default: ${DEFAULT-VALUE}.")
  private int records = 65_536;

  @Option(
      names = "--transaction",
      paramLabel = "N",
      defaultValue = "512",
      description = "Tensors in a transaction. Default: ${DEFAULT-VALUE}.")
  private int transaction = 512;

  @Option(names = "--settings", description = "Measure what each setting gives, too.")
  private boolean settings;

  @Option(
      names = "--broker-config",
      paramLabel = "NAME=VALUE",
      description = "A broker property; may be repeated.")
  private Map<String, String> brokerConfig = new LinkedHashMap<>();

  @Option(
      names = "--producer-config",
      paramLabel = "NAME=VALUE",
      description = "A producer property instead of ours; may be repeated.")
  private Map<String, String> producerConfig = new LinkedHashMap<>();

  @Option(
      names = "--consumer-config",
      paramLabel = "NAME=VALUE",
      description = "A consumer property instead of ours; may be repeated.")
  private Map<String, String> consumerConfig = new LinkedHashMap<>();

  @Mixin private BrokerFolderOption brokerFolder = new BrokerFolderOption();
  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, Double> figures = new LinkedHashMap<>();

  private HopBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new HopBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    out().printf("%-44s %12s %12s %12s%n", "CPU µs a tensor", "produce", "consume", "together");
    try (Folder folder = brokerFolder.open();
        EmbeddedBroker broker = EmbeddedBroker.start(folder.path(), "127.0.0.1", 0, brokerConfig)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      new HopFloor(folder.path(), Math.min(records, FLOOR_TENSORS)).run(this::floor);
      measure(kafka);
    }
    out().println("tf.data service: not measured here, cannot be installed");
    out().flush();
    results.write(new ResultFile("hop", Path.of("random bytes")), figures);
    return 0;
  }

  // By turns, so that a machine that is slower for a while is so for all; and only when the JVM has
  // compiled what is measured, which for Kafka's clients and broker together takes a minute.
  private void measure(Map<String, Object> kafka) throws Exception {
    List<Hop> hops = new ArrayList<>();
    try {
      HopSettings own = HopSettings.OWN.with(producerConfig, consumerConfig);
      hops.add(new Hop(kafka, own, transaction));
      if (settings) {
        for (HopSettings other : own.others()) {
          hops.add(new Hop(kafka, other, transaction));
        }
      }
      for (Hop hop : hops) {
        hop.run(hop == hops.getFirst() ? records : records / 4);
      }
      Map<Hop, List<Hop.Cost>> costs = new LinkedHashMap<>();
      for (int turn = 0; turn < TURNS; turn++) {
        for (Hop hop : hops) {
          costs.computeIfAbsent(hop, _ -> new ArrayList<>()).add(hop.run(records / TURNS));
        }
      }
      costs.forEach((hop, ofHop) -> report(hop.settings().name(), ofHop));
    } finally {
      hops.forEach(Hop::close);
    }
  }

  private void floor(String name, double micros) {
    figures.put(name + ".cpu_us", micros);
    out().printf("%-44s %38.0f%n", name, micros);
    out().flush();
  }

  private void report(String name, List<Hop.Cost> costs) {
    List<Hop.Cost> sorted = costs.stream().sorted(comparingDouble(Hop.Cost::micros)).toList();
    Hop.Cost median = sorted.get(sorted.size() / 2);
    figures.put(name + ".produce.cpu_us", median.produceMicros());
    figures.put(name + ".consume.cpu_us", median.consumeMicros());
    out()
        .printf(
            "%-44s %12.0f %12.0f %12.0f (%.0f to %.0f)%n",
            name,
            median.produceMicros(),
            median.consumeMicros(),
            median.micros(),
            sorted.getFirst().micros(),
            sorted.getLast().micros());
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
