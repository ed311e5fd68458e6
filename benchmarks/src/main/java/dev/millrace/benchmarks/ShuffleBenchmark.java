package dev.millrace.benchmarks;

import dev.millrace.imaging.KeyedRandom;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.DatasetException;
import dev.millrace.producer.dataset.DatasetOptions;
import dev.millrace.producer.dataset.Location;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How well images of streams are shuffled. */
@Command(
    name = "benchmarks/run shuffle",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes compressed shards with the classes mixed, and with one class a shard; lists them,"
            + " and measures how the labels of an epoch's order are mixed, beside no shuffle and a"
            + " permutation of all. Images have a 256th of ImageNet's sizes, and so has the buffer.")
public final class ShuffleBenchmark implements Callable<Integer> {
  private static final long BUFFER_BYTES = DatasetOptions.USUAL_SHUFFLE_BYTES / 256;

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Number of classes. Default: ${DEFAULT-VALUE}.")
  private int classes = 1000;

  @Option(
      names = "--images-per-class",
      paramLabel = "N",
      defaultValue = "1281",
      description = "Images of each class. Default: ${DEFAULT-VALUE}.")
  private int imagesPerClass = 1281;

  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private ShuffleBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new ShuffleBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Map<String, Double> figures = new LinkedHashMap<>();
    ShuffleShards shards = new ShuffleShards(classes, imagesPerClass);
    try (Folder folder = Folder.temporary()) {
      Path mixed = Files.createDirectory(folder.path().resolve("mixed"));
      shards.writeMixed(mixed);
      measure("mixed", mixed, figures);
      Path sorted = Files.createDirectory(folder.path().resolve("sorted"));
      shards.writeSorted(sorted);
      measure("sorted", sorted, figures);
    }
    results.write(
        new ResultFile("shuffle", Path.of(classes + " classes of " + imagesPerClass + " images")),
        figures);
    return 0;
  }

  private void measure(String name, Path data, Map<String, Double> figures)
      throws DatasetException, IOException {
    try (Dataset dataset =
        Dataset.open(
            new Location.Local(data),
            new DatasetOptions(0, 1, BUFFER_BYTES, null),
            new LongAdder())) {
      int[] labels =
          IntStream.range(0, dataset.size(Split.TRAIN))
              .map(position -> dataset.image(Split.TRAIN, position).label())
              .toArray();
      int[] order = dataset.order(Split.TRAIN, 1, 0);
      add(name + ".none", labels, figures);
      add(name + ".stream", Arrays.stream(order).map(i -> labels[i]).toArray(), figures);
      add(name + ".permutation", permuted(labels), figures);
    }
  }

  private static int[] permuted(int[] labels) {
    int[] permuted = labels.clone();
    new KeyedRandom(2, 0, "permutation").shuffle(permuted);
    return permuted;
  }

  private void add(String name, int[] labels, Map<String, Double> figures) {
    LabelMix mix = LabelMix.of(labels, classes);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%-20s one label 1 to 64 places apart: %8.2f times chance; classes among 128: %6.1f%n",
        name, mix.sameLabel(), mix.classes());
    out.flush();
    figures.put(name + ".same_label", mix.sameLabel());
    figures.put(name + ".classes_of_128", mix.classes());
  }
}
