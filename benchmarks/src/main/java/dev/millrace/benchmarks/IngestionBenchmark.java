package dev.millrace.benchmarks;

import dev.millrace.benchmarks.IngestionCost.Turn;
import dev.millrace.producer.dataset.Dataset;
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

/** How fast images get into their topic, what that costs, and what a large listing needs. */
@Command(
    name = "benchmarks/run ingestion",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures images on their way from their files into a topic, all CPU time of producer and broker"
          + " counted; and the two parts of that by themselves: files read by as many threads as a"
          + " producer has, and bytes that are in memory sent by a Kafka client with the same"
          + " settings. The broker is a process of its own; on Linux it has half of the"
          + " processors, and the client the others.",
      "By turns, after four to warm up; printed are the turns in the middle, and ratios within a turn.",
      "Then lists a made archive with as many entries as ImageNet's in a process with a heap of 256"
          + " MiB."
    })
public final class IngestionBenchmark implements Callable<Integer> {
  private static final int WARM_UPS = 4;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder or tar of images with labels.")
  private Path data = Path.of("");

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "32000",
      description =
          "Images a pass; so many are on the broker's disk at a time. Default: ${DEFAULT-VALUE}.")
  private int images = 32_000;

  @Option(
      names = "--turns",
      paramLabel = "N",
      defaultValue = "5",
      description = "Turns. Default: ${DEFAULT-VALUE}.")
  private int turns = 5;

  @Option(
      names = "--entries",
      paramLabel = "N",
      defaultValue = "" + ImagenetNames.IMAGES,
      description =
          "Entries of the archive that is listed, half a kilobyte of disk each; 0 to list none."
              + " Default: ${DEFAULT-VALUE}.")
  private int entries = ImagenetNames.IMAGES;

  @Mixin private BrokerFolderOption brokerFolder = new BrokerFolderOption();
  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, Double> figures = new LinkedHashMap<>();

  private IngestionBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new IngestionBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    publish();
    if (entries > 0) {
      list();
    }
    results.write(new ResultFile("ingestion", data), figures);
    return 0;
  }

  private void publish() throws Exception {
    Processors processors = new Processors();
    processors.keepToClients();
    try (Folder folder = brokerFolder.open();
        Dataset dataset = Dataset.open(data, 0, 1);
        BrokerProcess broker = BrokerProcess.start(processors.forBrokers(), folder.path())) {
      say(processors.describe());
      IngestionPasses passes =
          new IngestionPasses(
              Map.of("bootstrap.servers", broker.bootstrapServers()),
              broker::cpuNanos,
              dataset,
              images);
      for (int i = 0; i < WARM_UPS; i++) {
        turn(passes);
      }
      say(Measurement.header());
      List<Turn> measured = new ArrayList<>();
      for (int i = 0; i < turns; i++) {
        Turn turn = turn(passes);
        measured.add(turn);
        say(turn.disk().line());
        say(turn.broker().line());
        say(turn.producer().line());
      }
      new IngestionCost(measured, passes.meanBytes()).figures().forEach(this::say);
    }
  }

  private static Turn turn(IngestionPasses passes) throws Exception {
    return new Turn(passes.read(), passes.send(), passes.publish());
  }

  private void list() throws Exception {
    try (Folder folder = Folder.temporary()) {
      Path archive = folder.path().resolve("images.tar");
      ImagenetNames.write(archive, entries);
      ListingProcess.Listed listed = ListingProcess.run(archive);
      say("ingestion.listing.images", (double) listed.images());
      say("ingestion.listing.seconds", listed.seconds());
      say("ingestion.listing.retained_mib", listed.retainedMib());
      say("ingestion.listing.heap_mib", ListingProcess.HEAP_MIB);
    }
  }

  private void say(String name, double figure) {
    figures.put(name, figure);
    say("%-60s %14.3f".formatted(name, figure));
  }

  private void say(String line) {
    out().println(line);
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
