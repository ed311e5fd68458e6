package dev.millrace.benchmarks;

import dev.millrace.imaging.ImageLimits;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
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

/** What the hop through the tensors topic costs, and from how many trainers on it saves. */
@Command(
    name = "benchmarks/run colocated",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures images on their way from the images topic to minibatches that are ready, all CPU time"
          + " of augmenter, broker and trainer's reader counted: through the tensors topic, and"
          + " augmented in the trainer's process; and reading from a full tensors topic alone.",
      "By turns, after one to warm up; printed are the turns in the middle. original are the images"
          + " as they are, prepared the same at 256x256.",
      "With T trainers of the same tensors each image is augmented once and read T times; colocated it"
          + " is augmented T times. The break-even is the T from which on the topic is cheaper."
    })
public final class ColocatedBenchmark implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder or tar of JPEGs with labels; all of it is held in memory.")
  private Path data = Path.of("");

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "6000",
      description = "Images a turn, at least; a fourth of them to begin with. Default: 6000.")
  private int images = 6000;

  @Option(
      names = "--turns",
      paramLabel = "N",
      defaultValue = "3",
      description = "Turns. Default: ${DEFAULT-VALUE}.")
  private int turns = 3;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads that augment. Default: ${DEFAULT-VALUE}.")
  private int threads = 1;

  @Mixin private BrokerFolderOption brokerFolder = new BrokerFolderOption();
  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final List<Measurement> measured = new ArrayList<>();
  private final Map<String, Double> figures = new LinkedHashMap<>();

  private ColocatedBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new ColocatedBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    InProcess original = new InProcess(images(), 0);
    say(Measurement.header());
    try (Folder folder = Folder.temporary()) {
      measure("original", original.write(folder.path().resolve("originals")));
      measure("prepared", original.prepared().write(folder.path().resolve("prepared")));
    }
    results.write(new ResultFile("colocated", data), measured, figures);
    return 0;
  }

  private void measure(String name, Path of) throws Exception {
    try (Folder folder = brokerFolder.open()) {
      ColocatedCost cost =
          new ColocatedPasses(folder.path(), of, threads, images).run(name, turns, this::report);
      say(name + ".hop.cpu_us", cost.hopMicros());
      say(name + ".break_even.trainers", cost.breakEven());
      say(cost.sentence());
    }
  }

  private List<ByteBuffer> images() throws Exception {
    List<ByteBuffer> all = new ArrayList<>();
    try (Dataset dataset = Dataset.open(data, 0, 1)) {
      for (int i = 0; i < dataset.size(Split.TRAIN); i++) {
        byte[] bytes = dataset.image(Split.TRAIN, i).read((int) ImageLimits.DEFAULT.maxBytes());
        all.add(ByteBuffer.wrap(bytes));
      }
    }
    return all;
  }

  private void say(String name, double figure) {
    figures.put(name, figure);
    say("%-60s %10.2f".formatted(name, figure));
  }

  private void say(String line) {
    out().println(line);
    out().flush();
  }

  private void report(Measurement measurement) {
    measured.add(measurement);
    say(measurement.line());
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
