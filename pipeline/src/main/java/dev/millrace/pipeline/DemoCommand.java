package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.pipeline.cli.BrokerOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DashboardPageOptions;
import dev.millrace.pipeline.cli.DataOptions;
import dev.millrace.pipeline.cli.KafkaOptions;
import dev.millrace.pipeline.cli.SeedOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.demo.DemoImages;
import dev.millrace.pipeline.state.DataDirectory;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.LearningRateSchedule;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.model.Network;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace demo}. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Draws a small set of images (twelve classes of shapes and textures, as JPEG files) and"
            + " trains a small network on it, through all of Millrace, in about three minutes.")
final class DemoCommand implements Callable<Integer> {
  private static final Path USUAL_DIRECTORY = Path.of("millrace-data", "demo");
  private static final long IMAGES_AHEAD = 64L << 20;
  private static final long TENSORS_AHEAD = 128L << 20;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "20",
      description = "Passes over the training images. Default: ${DEFAULT-VALUE}.")
  private int epochs = 20;

  @Mixin private SeedOption seed = new SeedOption();
  @Mixin private BrokerOptions broker = new BrokerOptions();
  @Mixin private DashboardPageOptions dashboard = new DashboardPageOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    LocalSettings settings = Usage.valid(spec, this::settings);
    try (DataDirectory directory = broker.open(USUAL_DIRECTORY)) {
      Path images = draw(directory.root().resolve("images"));
      try (Dataset dataset = DataOptions.open(images, 0, seed.seed())) {
        return Local.run(
            spec,
            common,
            Map.of("data-dir", directory.root(), "data", images, "model", "cifar10-quick"),
            settings,
            directory,
            new DatasetSource(dataset, settings.producer()));
      }
    }
  }

  private Path draw(Path images) throws IOException {
    if (DemoImages.write(images, seed.seed())) {
      spec.commandLine().getOut().println("Drew the images in " + images);
    }
    return images;
  }

  private LocalSettings settings() {
    TopicSettings topics = TopicSettings.DEFAULT;
    Network network = Network.of("cifar10-quick");
    return new LocalSettings(
        broker,
        new KafkaOptions(),
        dashboard.checked(),
        new Topics("millrace"),
        topics,
        new ProducerOptions(seed.seed(), epochs, topics.maxImageBytes(), IMAGES_AHEAD),
        AugmenterOptions.builder()
            .resize(network.storedSize())
            .crop(network.inputSize())
            .seed(seed.seed())
            .imageLimits(ImageLimits.DEFAULT)
            .maxAheadBytes(TENSORS_AHEAD)
            .instanceId(Local.INSTANCE)
            .build(),
        TrainerOptions.builder()
            .model(network.name())
            .seed(seed.seed())
            .epochs(epochs)
            .schedule(schedule())
            .build(),
        OptionalInt.empty());
  }

  // The last fifth of the epochs at a tenth of the learning rate settles the error.
  private LearningRateSchedule schedule() {
    return epochs < 5
        ? new LearningRateSchedule.Constant()
        : new LearningRateSchedule.Steps(List.of(epochs - epochs / 5));
  }
}
