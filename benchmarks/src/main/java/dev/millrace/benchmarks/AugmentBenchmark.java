package dev.millrace.benchmarks;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.CropPolicy;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * How many images a CPU-second decodes and augments, alone in memory and then through Kafka from
 * the images topic to a reader of tensors.
 */
@Command(
    name = "benchmarks/run augmenter",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures decoding and augmenting, in memory and through an embedded broker.",
      "Figures: lighting is the paper's policy with PCA lighting, paper the same and colour jitter"
          + " of 0.4, rrc random-resized-crop with that jitter; original are the images as they are,"
          + " prepared the same at 256x256."
    })
public final class AugmentBenchmark implements Callable<Integer> {
  private static final double JITTER = 0.4;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder or tar of JPEGs with labels; all of it is held in memory.")
  private Path data = Path.of("");

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2",
      description = "Numbers of threads to measure with. Default: ${DEFAULT-VALUE}.")
  private List<Integer> threads = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "6",
      description = "Length of each measurement in memory. Default: ${DEFAULT-VALUE}.")
  private double seconds = 6;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "120",
      description =
          "How many times the images go through Kafka for each number of threads, in three turns; 0"
              + " leaves it out. Default: ${DEFAULT-VALUE}.")
  private int epochs = 120;

  @Mixin private PeersOptions peers = new PeersOptions();
  @Mixin private BrokerFolderOption brokerFolder = new BrokerFolderOption();
  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final List<Measurement> measured = new ArrayList<>();
  private final Map<String, Double> figures = new LinkedHashMap<>();

  private AugmentBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new AugmentBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    List<ByteBuffer> images = images();
    describe(images);
    InProcess original = new InProcess(images, seconds);
    InProcess prepared = original.prepared();
    Recipe paper = Recipe.of(AugmenterOptions.builder().build());
    Recipe jitter =
        Recipe.of(
            AugmenterOptions.builder()
                .brightness(JITTER)
                .contrast(JITTER)
                .saturation(JITTER)
                .build());
    Recipe parts =
        Recipe.of(
            AugmenterOptions.builder()
                .policy(CropPolicy.RANDOM_RESIZED_CROP)
                .brightness(JITTER)
                .contrast(JITTER)
                .saturation(JITTER)
                .build());
    for (int t : threads) {
      report(original.run("decode.original", t, InProcess.decoding()));
      report(original.run("augment.lighting.original", t, InProcess.augmenting(paper)));
      report(original.run("augment.paper.original", t, InProcess.augmenting(jitter)));
      report(prepared.run("augment.lighting.prepared", t, InProcess.augmenting(paper)));
      report(prepared.run("augment.paper.prepared", t, InProcess.augmenting(jitter)));
      report(original.run("augment.rrc.original", t, InProcess.augmenting(parts)));
    }
    try (Folder folder = Folder.temporary()) {
      Path originals = original.write(folder.path().resolve("originals"));
      Path small = prepared.write(folder.path().resolve("prepared"));
      String python = peers.python();
      if (python != null) {
        new Peers(python, peers.scripts(), seconds).run(originals, small, this::report, this::say);
      }
      if (epochs > 0) {
        endToEnd("pipeline.original", originals);
        endToEnd("pipeline.prepared", small);
      }
    }
    compare();
    results.write(new ResultFile("augmenter", data), measured, figures);
    return 0;
  }

  private List<ByteBuffer> images() throws Exception {
    List<ByteBuffer> images = new ArrayList<>();
    try (Dataset dataset = Dataset.open(data, 0, 1)) {
      for (int i = 0; i < dataset.size(Split.TRAIN); i++) {
        byte[] bytes = dataset.image(Split.TRAIN, i).read((int) ImageLimits.DEFAULT.maxBytes());
        images.add(ByteBuffer.wrap(bytes));
      }
    }
    return images;
  }

  private void describe(List<ByteBuffer> images) {
    long bytes = images.stream().mapToLong(ByteBuffer::remaining).sum();
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      out()
          .printf(
              "%,d images of %,d bytes on average; %s; %d processors; Java %s%n%n%s%n",
              images.size(),
              bytes / images.size(),
              decoder.name(),
              Runtime.getRuntime().availableProcessors(),
              Runtime.version(),
              Measurement.header());
    }
    out().flush();
  }

  private void endToEnd(String name, Path images) throws Exception {
    try (Folder folder = brokerFolder.open()) {
      new EndToEnd(folder.path(), images, epochs, this::report, this::say).run(name, threads);
    }
  }

  // Ratios within one run, which mean more than the figures do on a machine that others share.
  private void compare() {
    for (String work : List.of("paper.original", "paper.prepared", "rrc.original")) {
      for (Measurement peer : measured) {
        if (peer.name().startsWith("peer.") && peer.name().endsWith("." + work)) {
          find("augment." + work, 1)
              .ifPresent(ours ->
                  say(
                      "augment." + work + ".over_" + peer.name(),
                      ours.perCpuSecond() / peer.perCpuSecond()));
        }
      }
    }
    for (String name : List.of("augment.paper.original", "augment.paper.prepared")) {
      scaling(name, Measurement::perSecond);
    }
    for (String name : List.of("pipeline.original.worker", "pipeline.prepared.worker")) {
      // As fast as its own threads' CPU time allows, where the broker has processors of its own.
      scaling(name, worker -> worker.threads() * worker.perCpuSecond());
    }
  }

  private void scaling(String name, ToDoubleFunction<Measurement> speed) {
    Optional<Measurement> one = find(name, 1);
    Optional<Measurement> two = find(name, 2);
    if (one.isPresent() && two.isPresent()) {
      say(
          name + ".threads2_over_1",
          speed.applyAsDouble(two.get()) / speed.applyAsDouble(one.get()));
    }
  }

  private Optional<Measurement> find(String name, int threads) {
    return measured.stream()
        .filter(one -> one.name().equals(name) && one.threads() == threads)
        .findFirst();
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
    out().println(measurement.line());
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
