package dev.millrace.benchmarks;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.CropPolicy;
import dev.millrace.augmenter.Recipe;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.trainer.model.Activation;
import dev.millrace.trainer.model.Network;
import java.io.PrintWriter;
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

/** What local response normalization gives: section 3.3 of the paper. */
@Command(
    name = "benchmarks/run lrn",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a four-layer network for CIFAR-10 with local response normalization and without, and"
          + " prints the errors on the test images; all else is the same. The paper has 11% with it"
          + " and 13% without, of a larger network. The images are held in memory.",
      "Training images are random parts, flipped half the time; the learning rate is divided by ten"
          + " for the last quarter of the epochs."
    })
public final class NormalizationBenchmark implements Callable<Integer> {
  @Mixin private NetworkOptions options = new NetworkOptions();

  @Option(
      names = "--models",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "cifar10,cifar10-plain",
      description = "The networks, by commas. Default: ${DEFAULT-VALUE}.")
  private List<String> models = List.of();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "24",
      description = "Epochs for each, at least 1. Default: ${DEFAULT-VALUE}.")
  private int epochs = 24;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "0.02",
      description = "Learning rate at the beginning. Default: ${DEFAULT-VALUE}.")
  private float learningRate = 0.02f;

  @Option(
      names = "--weight-decay",
      paramLabel = "FACTOR",
      defaultValue = "0.0005",
      description = "Weight decay. Default: ${DEFAULT-VALUE}.")
  private float weightDecay = 0.0005f;

  @Option(
      names = "--min-area",
      paramLabel = "SHARE",
      defaultValue = "0.7",
      description =
          "Least share of an image's area in a training image, 0.01 to 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double minArea = 0.7;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final List<Curve> curves = new ArrayList<>();

  private NormalizationBenchmark() {}

  /** Trains; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new NormalizationBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    out().printf("%-14s %8s %15s %12s%n", "", "epoch", "training error", "test error");
    try (Dataset dataset = Dataset.open(options.data(), 0, options.seed())) {
      for (String name : models) {
        train(dataset, Network.of(name));
      }
    }
    for (String name : models) {
      out()
          .printf(
              "%-14s test error %.2f%%%n",
              name, 100 * figures.getOrDefault(name + ".error", Double.NaN));
    }
    out().flush();
    options.write(
        "lrn",
        figures,
        new Figure("Local response normalization on CIFAR-10", "test error, percent"),
        curves);
    return 0;
  }

  private void train(Dataset dataset, Network network) throws Exception {
    Recipe recipe =
        Recipe.of(
            AugmenterOptions.builder()
                .policy(CropPolicy.RANDOM_RESIZED_CROP)
                .minArea(minArea)
                .lighting(0)
                .resize(network.storedSize())
                .crop(network.inputSize())
                .seed(options.seed())
                .build());
    Curve curve = new Curve(network.name());
    curves.add(curve);
    try (MemoryTraining training =
        new MemoryTraining(
            dataset,
            recipe,
            options.session(network, dataset.synsets().size(), Activation.RELU, weightDecay))) {
      RunningMean error = new RunningMean(training.stepsInEpoch());
      for (int epoch = 0; epoch < epochs; epoch++) {
        float rate = epoch < epochs - epochs / 4 ? learningRate : learningRate / 10;
        for (int step = 0; step < training.stepsInEpoch(); step++) {
          error.add(training.step(rate));
        }
        double test = training.error();
        curve.add(epoch + 1, test);
        figures.put(network.name() + ".error", test);
        out()
            .printf(
                "%-14s %8d %14.2f%% %11.2f%%%n",
                network.name(), epoch + 1, 100 * error.mean(), 100 * test);
        out().flush();
      }
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
