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

/** How much sooner rectified units learn than tanh: figure 1 of the paper. */
@Command(
    name = "benchmarks/run relu",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains the four-layer network for CIFAR-10 with rectified units and with tanh, without"
          + " dropout, weight decay and augmentation, until the training error is 25%%, as figure 1"
          + " of the paper does, and prints the epochs that each took. The images are held in"
          + " memory.",
      "The training error is the share of wrong answers in the steps of the last whole epoch, given"
          + " before their updates. As in the paper each has a learning rate of its own."
    })
public final class ReluBenchmark implements Callable<Integer> {
  private static final int POINTS = 20; // of the curve, in an epoch

  @Mixin private NetworkOptions options = new NetworkOptions();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "cifar10-quick-unscaled",
      description = "The network, one for images of 32x32. Default: ${DEFAULT-VALUE}.")
  private String model = "cifar10-quick-unscaled";

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "60",
      description = "Most epochs for each. Default: ${DEFAULT-VALUE}.")
  private int epochs = 60;

  @Option(
      names = "--goal",
      paramLabel = "SHARE",
      defaultValue = "0.25",
      description = "The training error to reach, over 0 to 1. Default: ${DEFAULT-VALUE}.")
  private double goal = 0.25;

  @Option(
      names = "--relu-rate",
      paramLabel = "RATE",
      defaultValue = "0.001",
      description = "Learning rate for rectified units. Default: ${DEFAULT-VALUE}.")
  private float reluRate = 0.001f;

  @Option(
      names = "--tanh-rate",
      paramLabel = "RATE",
      defaultValue = "0.01",
      description = "Learning rate for tanh. Default: ${DEFAULT-VALUE}.")
  private float tanhRate = 0.01f;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, Double> figures = new LinkedHashMap<>();
  private final List<Curve> curves = new ArrayList<>();

  private ReluBenchmark() {}

  /** Trains; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new ReluBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    out().printf("%-6s %14s %10s %10s %16s%n", "", "learning rate", "steps", "epochs", "error");
    try (Dataset dataset = Dataset.open(options.data(), 0, options.seed())) {
      train(dataset, Activation.RELU, reluRate);
      train(dataset, Activation.TANH, tanhRate);
    }
    Double relu = figures.get("relu.epochs");
    Double tanh = figures.get("tanh.epochs");
    if (relu != null && tanh != null) {
      figures.put("tanh_over_relu", tanh / relu);
      out().printf("tanh takes %.1f times as many epochs as rectified units%n", tanh / relu);
    }
    out().flush();
    options.write(
        "relu", figures, new Figure("Four layers on CIFAR-10", "training error, percent"), curves);
    return 0;
  }

  private void train(Dataset dataset, Activation activation, float rate) throws Exception {
    Network network = Network.of(model);
    Recipe recipe =
        Recipe.of(
            AugmenterOptions.builder()
                .policy(CropPolicy.NONE)
                .resize(network.storedSize())
                .crop(network.inputSize())
                .build());
    Curve curve = new Curve(activation.toString());
    curves.add(curve);
    try (MemoryTraining training =
        new MemoryTraining(
            dataset, recipe, options.session(network, dataset.synsets().size(), activation, 0))) {
      int inEpoch = training.stepsInEpoch();
      int between = Math.max(1, inEpoch / POINTS);
      RunningMean error = new RunningMean(inEpoch);
      boolean reached = false;
      while (!reached && training.steps() < (long) epochs * inEpoch) {
        error.add(training.step(rate));
        reached = error.isFull() && error.mean() <= goal;
        if (training.steps() % inEpoch == 0 && !reached) {
          print(activation, rate, training.steps(), inEpoch, error.mean(), "");
        }
        if (reached || training.steps() % between == 0) {
          curve.add((double) training.steps() / inEpoch, error.mean());
        }
      }
      report(activation, rate, training.steps(), inEpoch, error.mean(), reached);
    }
  }

  private void report(
      Activation activation, float rate, long steps, int inEpoch, double error, boolean reached) {
    double taken = (double) steps / inEpoch;
    figures.put(activation + ".error", error);
    if (reached) {
      figures.put(activation + ".steps", (double) steps);
      figures.put(activation + ".epochs", taken);
    }
    print(
        activation,
        rate,
        steps,
        inEpoch,
        error,
        reached ? " (goal reached)" : " (goal not reached)");
  }

  private void print(
      Activation activation, float rate, long steps, int inEpoch, double error, String end) {
    out()
        .printf(
            "%-6s %14s %,10d %10.2f %15.1f%%%s%n",
            activation, rate, steps, (double) steps / inEpoch, 100 * error, end);
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
