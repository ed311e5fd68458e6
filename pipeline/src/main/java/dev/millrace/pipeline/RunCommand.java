package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ArrivalOptions;
import dev.millrace.pipeline.cli.AugmentationOptions;
import dev.millrace.pipeline.cli.BrokerOptions;
import dev.millrace.pipeline.cli.ColocatedOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DashboardPageOptions;
import dev.millrace.pipeline.cli.DataOptions;
import dev.millrace.pipeline.cli.KafkaOptions;
import dev.millrace.pipeline.cli.ModelOption;
import dev.millrace.pipeline.cli.PublishingOptions;
import dev.millrace.pipeline.cli.SeedOption;
import dev.millrace.pipeline.cli.TopicOptions;
import dev.millrace.pipeline.cli.TraceOptions;
import dev.millrace.pipeline.cli.TrainingOptions;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.cli.WorkerOptions;
import dev.millrace.pipeline.state.DataDirectory;
import dev.millrace.pipeline.tracing.Tracing;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.model.Network;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Trains on a folder of images: an embedded Kafka broker, the producer, the augmenter, the"
            + " trainer and the dashboard in one process. The same command resumes after any"
            + " stop. With --follow, trains on what is put into a folder while it runs.")
final class RunCommand implements Callable<Integer> {
  private static final Path USUAL_DIRECTORY = Path.of("millrace-data", "run");

  @Mixin private DataOptions data = new DataOptions();
  @Mixin private ArrivalOptions arrivals = new ArrivalOptions();
  @Mixin private ModelOption model = new ModelOption();
  @Mixin private TrainingOptions training = new TrainingOptions();
  @Mixin private AugmentationOptions augmentation = new AugmentationOptions();
  @Mixin private WorkerOptions worker = new WorkerOptions();
  @Mixin private ColocatedOptions colocated = new ColocatedOptions();
  @Mixin private SeedOption seed = new SeedOption();
  @Mixin private BrokerOptions broker = new BrokerOptions();
  @Mixin private DashboardPageOptions dashboard = new DashboardPageOptions();
  @Mixin private TraceOptions tracing = new TraceOptions();
  @Mixin private TopicOptions topics = new TopicOptions();
  @Mixin private PublishingOptions publishing = new PublishingOptions();
  @Mixin private KafkaOptions kafka = new KafkaOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    LocalSettings settings = Usage.valid(spec, this::settings);
    Usage.valid(spec, tracing::checked);
    Map<String, Object> resolved = new HashMap<>(TrainingOptions.resolved(settings.trainer()));
    resolved.putAll(AugmentationOptions.resolved(settings.augmenter()));
    resolved.putAll(WorkerOptions.resolved(settings.augmenter()));
    resolved.putAll(ColocatedOptions.resolved(settings.colocatedThreads()));
    Path folder = arrivals.follow();
    if (folder != null) {
      return run(settings, resolved, Usage.valid(spec, () -> source(folder, settings)));
    }
    try (Dataset dataset = DatasetListing.open(data, seed.seed(), spec.commandLine().getOut())) {
      return run(settings, resolved, new DatasetSource(dataset, settings.producer()));
    }
  }

  private int run(LocalSettings settings, Map<String, Object> resolved, ImageSource source)
      throws Exception {
    try (DataDirectory directory = broker.open(USUAL_DIRECTORY);
        Tracing _ = tracing.start("millrace", Version.number())) {
      resolved.put("data-dir", directory.root());
      return Local.run(spec, common, resolved, settings, directory, source);
    }
  }

  private FolderSource source(Path folder, LocalSettings settings) {
    if (data.given()) {
      throw new IllegalArgumentException("--follow does not go with --data");
    }
    return new FolderSource(
        folder,
        arrivals.following(
            data.validationFraction(), seed.seed(), settings.producer().maxImageBytes()),
        arrivals.publishing(settings.producer(), settings.trainer().classes()));
  }

  // A network has its size from the beginning, and a followed folder may bring more classes.
  private TrainerOptions trainer(Network network) {
    TrainerOptions.Builder builder = training.options(network, seed.seed());
    TrainerOptions options = builder.build();
    boolean growing = arrivals.follow() != null && options.classes() == 0;
    return growing ? builder.classes(arrivals.maxClasses()).build() : options;
  }

  private LocalSettings settings() {
    Network network = model.network();
    TopicSettings topicSettings = topics.settings();
    return new LocalSettings(
        broker,
        kafka,
        dashboard.checked(),
        topics.topics(),
        topicSettings,
        publishing.options(seed.seed(), training.epochs(), topicSettings),
        worker
            .apply(
                augmentation.options(
                    network.storedSize(), network.inputSize(), seed.seed(), topicSettings))
            .instanceId(Local.INSTANCE)
            .build(),
        trainer(network),
        colocated.threads());
  }
}
