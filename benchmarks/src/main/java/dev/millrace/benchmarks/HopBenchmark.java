package dev.millrace.benchmarks;

import dev.millrace.broker.EmbeddedBroker;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
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
      "With --settings, each setting that is not Kafka's default is set back to it, one at a time:"
          + " what is gained by it."
    })
public final class HopBenchmark implements Callable<Integer> {
  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "16384",
      description = "Tensors to measure with, after as many to warm up. Default: ${DEFAULT-VALUE}.")
  private int records = 16_384;

  @Option(names = "--settings", description = "Measure what each setting gives, too.")
  private boolean settings;

  @Option(
      names = "--broker-dir",
      paramLabel = "DIR",
      description = "Where the broker keeps its topics. Default: a folder that is deleted.")
  private @Nullable Path brokerDirectory;

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

  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "Where the figures are written as JSON.")
  private @Nullable Path results;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, Double> figures = new LinkedHashMap<>();

  private HopBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new HopBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    out().printf("%-44s %12s %12s %12s%n", "CPU µs a tensor", "produce", "consume", "together");
    try (Folder folder = Folder.of(brokerDirectory);
        EmbeddedBroker broker = EmbeddedBroker.start(folder.path(), "127.0.0.1", 0, brokerConfig)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      new HopFloor(folder.path(), records).run(this::floor);
      HopSettings given = HopSettings.OWN.with(producerConfig, consumerConfig);
      new Hop("warm-up", kafka, given).run(records);
      measure("hop", kafka, given, records);
      if (settings) {
        for (HopSettings one : HopSettings.withoutOne()) {
          measure(one.name(), kafka, one, records / 2);
        }
        measure("hop again", kafka, given, records / 2);
      }
    }
    out().println("tf.data service: not measured here, cannot be installed");
    out().flush();
    if (results != null) {
      new ResultFile("hop", Path.of("random bytes")).write(results, figures);
    }
    return 0;
  }

  private void floor(String name, double micros) {
    figures.put(name + ".cpu_us", micros);
    out().printf("%-44s %38.0f%n", name, micros);
    out().flush();
  }

  private void measure(String name, Map<String, Object> kafka, HopSettings how, int count)
      throws Exception {
    Hop.Cost cost = new Hop(name, kafka, how).run(count);
    figures.put(name + ".produce.cpu_us", cost.produceMicros());
    figures.put(name + ".consume.cpu_us", cost.consumeMicros());
    double both = cost.produceMicros() + cost.consumeMicros();
    out()
        .printf(
            "%-44s %12.0f %12.0f %12.0f%n", name, cost.produceMicros(), cost.consumeMicros(), both);
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
