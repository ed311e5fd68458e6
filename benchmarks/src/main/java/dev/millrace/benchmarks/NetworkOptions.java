package dev.millrace.benchmarks;

import dev.millrace.trainer.model.Activation;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.SessionOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the benchmarks that train a network have in common. */
final class NetworkOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description =
          "CIFAR-10 as JPEGs: folders train and test, or a tar of them, in each a folder a class.")
  private Path data = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Initial weights, order and augmentation follow from it. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "AUTO",
      description = "Where TensorFlow computes: CPU, GPU or AUTO. Default: ${DEFAULT-VALUE}.")
  private Device device = Device.AUTO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Threads that TensorFlow computes with on the processor, 0 for one a processor. Default:"
              + " 0.")
  private int threads;

  @Option(
      names = "--figure",
      paramLabel = "FILE",
      description = "Where the curves are drawn, as a PNG image. Default: nowhere.")
  private @Nullable Path figure;

  @Mixin private ResultsOption results = new ResultsOption();

  Path data() {
    return data;
  }

  long seed() {
    return seed;
  }

  Device device() {
    return device;
  }

  int threads() {
    return threads;
  }

  /** For a network with its own hyperparameters, but without dropout. */
  SessionOptions session(Network network, int classes, Activation activation, float weightDecay) {
    SessionOptions own = SessionOptions.of(network, classes, seed, device);
    return new SessionOptions(
        network,
        classes,
        seed,
        device,
        threads,
        false,
        own.precision(),
        false,
        own.placement(),
        own.momentum(),
        weightDecay,
        0,
        activation,
        own.mean());
  }

  /** Writes the figures and draws the curves where the user wants them. */
  void write(String benchmark, Map<String, Double> figures, Figure drawing, List<Curve> curves)
      throws Exception {
    results.write(new ResultFile(benchmark, data), figures);
    if (figure != null) {
      drawing.write(figure, curves);
    }
  }
}
