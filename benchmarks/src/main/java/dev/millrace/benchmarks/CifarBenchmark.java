package dev.millrace.benchmarks;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.CropPolicy;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.trainer.Evaluation;
import dev.millrace.trainer.LearningRateSchedule;
import dev.millrace.trainer.TenCropErrors;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.model.Network;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether what comes through Kafka trains a network as well as it should. */
@Command(
    name = "benchmarks/run cifar10",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a network on CIFAR-10 through an embedded broker, with the producer, the augmenter and"
          + " the trainer of millrace run, and prints the errors on the test images after each"
          + " epoch: by the whole image, and by the average of it and its mirror image.",
      "cuda-convnet's four-layer network has 18%% (layers-18pct)."
    })
public final class CifarBenchmark implements Callable<Integer> {
  @Mixin private NetworkOptions options = new NetworkOptions();

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "cifar10-quick",
      description = "The network, one for images of 32x32. Default: ${DEFAULT-VALUE}.")
  private String model = "cifar10-quick";

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "60",
      description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
  private int epochs = 60;

  @Option(
      names = "--minibatch-size",
      paramLabel = "N",
      defaultValue = "32",
      description = "Images in a step. Default: ${DEFAULT-VALUE}.")
  private int minibatchSize = 32;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      defaultValue = "0.02",
      description = "Learning rate at the beginning. Default: ${DEFAULT-VALUE}.")
  private double learningRate = 0.02;

  @Option(
      names = "--drops",
      paramLabel = "EPOCH",
      split = ",",
      defaultValue = "45,54",
      description =
          "Epochs at whose beginning the learning rate is divided by ten. Default:"
              + " ${DEFAULT-VALUE}.")
  private List<Integer> drops = List.of();

  @Option(
      names = "--weight-decay",
      paramLabel = "FACTOR",
      defaultValue = "0.0001",
      description = "Weight decay. Default: ${DEFAULT-VALUE}.")
  private double weightDecay = 0.0001;

  @Option(
      names = "--min-area",
      paramLabel = "SHARE",
      defaultValue = "0.75",
      description =
          "Least share of an image's area in a training image, 0.01 to 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double minArea = 0.75;

  @Mixin private BrokerFolderOption brokerFolder = new BrokerFolderOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Curve one = new Curve("whole image");
  private final Curve mirrored = new Curve("with its mirror image");

  private CifarBenchmark() {}

  /** Trains; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new CifarBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    Network network = Network.of(model);
    out().printf("%8s %12s %12s %12s%n", "epoch", "test error", "mirrored", "loss");
    long begin = System.nanoTime();
    TrainingSummary summary;
    try (Folder folder = brokerFolder.open();
        Dataset dataset = Dataset.open(options.data(), 0, options.seed())) {
      summary =
          new KafkaTraining(folder.path(), dataset, augmenting(network), training())
              .run(new Display());
    }
    double minutes = (System.nanoTime() - begin) / 60e9;
    out().printf("%.1f minutes, %,.0f images/s%n", minutes, summary.imagesPerSecond());
    out().flush();
    options.write(
        "cifar10",
        figures(summary, minutes),
        new Figure(model + " on CIFAR-10, through Kafka", "test error, percent"),
        List.of(one, mirrored));
    return 0;
  }

  private static Map<String, Double> figures(TrainingSummary summary, double minutes) {
    Map<String, Double> figures = new LinkedHashMap<>();
    Evaluation last = summary.evaluation();
    if (last != null) {
      figures.put("cifar10.top1_error", last.top1Error());
      TenCropErrors ten = last.tenCrops();
      if (ten != null) {
        figures.put("cifar10.ten_crop_top1_error", ten.top1Error());
      }
    }
    figures.put("cifar10.epochs", (double) summary.epochs());
    figures.put("cifar10.minutes", minutes);
    figures.put("cifar10.images_per_second", summary.imagesPerSecond());
    return figures;
  }

  private AugmenterOptions augmenting(Network network) {
    return AugmenterOptions.builder()
        .policy(CropPolicy.RANDOM_RESIZED_CROP)
        .minArea(minArea)
        .lighting(0)
        .resize(network.storedSize())
        .crop(network.inputSize())
        .seed(options.seed())
        .build();
  }

  private TrainerOptions training() {
    List<Integer> reached = drops.stream().filter(epoch -> epoch < epochs).toList();
    TrainerOptions.Builder builder =
        TrainerOptions.builder()
            .model(model)
            .seed(options.seed())
            .epochs(epochs)
            .minibatchSize(minibatchSize)
            .learningRate(learningRate)
            .weightDecay(weightDecay)
            .device(options.device())
            .tenCrops(true)
            .schedule(
                reached.isEmpty()
                    ? new LearningRateSchedule.Constant()
                    : new LearningRateSchedule.Steps(reached));
    return (options.threads() == 0 ? builder : builder.threads(options.threads())).build();
  }

  private final class Display implements TrainingListener {
    @Override
    public void onEvaluation(Evaluation evaluation) {
      TenCropErrors ten = evaluation.tenCrops();
      double both = ten == null ? Double.NaN : ten.top1Error();
      one.add(evaluation.epoch() + 1, evaluation.top1Error());
      mirrored.add(evaluation.epoch() + 1, both);
      out()
          .printf(
              "%8d %11.2f%% %11.2f%% %12.3f%n",
              evaluation.epoch() + 1, 100 * evaluation.top1Error(), 100 * both, evaluation.loss());
      out().flush();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
