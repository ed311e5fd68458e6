package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.ModelOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.speed.KafkaFed;
import dev.millrace.pipeline.speed.MemoryFed;
import dev.millrace.pipeline.speed.SpeedSettings;
import dev.millrace.pipeline.speed.StepSpeed;
import dev.millrace.pipeline.state.TemporaryFolder;
import dev.millrace.trainer.gpu.CudaLibrary;
import dev.millrace.trainer.gpu.Nvml;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.Placement;
import dev.millrace.trainer.model.Precision;
import dev.millrace.trainer.model.TrainingSession;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tensorflow.TensorFlow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace gpu-check}. */
@Command(
    name = "gpu-check",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = {
      "Tells whether training can use this machine's GPU, and how fast it is: device, driver and"
          + " libraries, then steps of training on random images, from memory and from a topic of a"
          + " broker in this process.",
      "Exit code 3 where there is no GPU that TensorFlow can use."
    })
final class GpuCheckCommand implements Callable<Integer> {
  private static final long MIB = 1 << 20;

  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "gpu",
      description =
          "What to check: gpu, or cpu to see what a GPU would gain. Default: ${DEFAULT-VALUE}.")
  private Device device = Device.GPU;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      split = ",",
      defaultValue = "float32,bfloat16",
      description = "Numbers to compute layers in, separated by commas. Default: ${DEFAULT-VALUE}.")
  private List<Precision> precisions = List.of();

  @Option(
      names = "--minibatch-size",
      paramLabel = "N",
      description = "Images a step. Default: the model's (128).")
  private @Nullable Integer minibatchSize;

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Number of classes. Default: ${DEFAULT-VALUE}.")
  private int classes = 1000;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "100",
      description =
          "Steps to time, after 12 others. A step's tensors (19 MB for alexnet) lie on the disk"
              + " meanwhile. Default: ${DEFAULT-VALUE}.")
  private int steps = 100;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "8",
      description = "Partitions of the topic. Default: ${DEFAULT-VALUE}.")
  private int partitions = 8;

  @Option(
      names = "--fetch-threads",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Consumers of the topic, each on a thread of its own, at most one a partition; 0 for 3"
              + " with a GPU, otherwise 1. Default: ${DEFAULT-VALUE}.")
  private int fetchThreads;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that TensorFlow computes with on the processor. Default: one a core.")
  private @Nullable Integer threads;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description =
          "Where a folder for the topics is made, and deleted in the end. Default: the system's for"
              + " temporary files.")
  private @Nullable Path folder;

  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    SpeedSettings settings = Usage.valid(spec, this::settings);
    if (common.verbose()) {
      Logging.verbose();
    } else {
      Logging.warningsOnly();
    }
    PrintWriter out = spec.commandLine().getOut();
    printDevices(out);
    TrainingSession.requireDevice(device, settings.threads(), false, Placement.ONE_DEVICE);
    out.printf(
        "Steps      %s, minibatch %d, %d classes, on the %s%n",
        settings.network().name(),
        settings.minibatchSize(),
        classes,
        device == Device.GPU ? "GPU" : "processor");
    for (boolean xla : device == Device.GPU ? List.of(false, true) : List.of(false)) {
      for (Precision precision : precisions) {
        measure(settings.with(precision, xla), out);
      }
    }
    return ExitCode.OK;
  }

  private SpeedSettings settings() {
    int processors = Runtime.getRuntime().availableProcessors();
    return new SpeedSettings(
        model.network(),
        classes,
        minibatchSize == null ? model.network().hyperparameters().minibatchSize() : minibatchSize,
        device,
        threads == null ? processors : threads,
        Precision.FLOAT32,
        false,
        steps,
        partitions,
        fetchThreads);
  }

  private static void printDevices(PrintWriter out) {
    try (Nvml nvml = Nvml.open()) {
      if (nvml == null) {
        out.println("Driver     none: NVIDIA's driver (libnvidia-ml.so.1) is not found");
      } else {
        out.println("Driver     " + nvml.driver());
        for (Nvml.Gpu gpu : nvml.gpus()) {
          out.printf("GPU        %s, %,d MiB%n", gpu.name(), gpu.memoryBytes() / MIB);
        }
      }
    }
    for (CudaLibrary library : CudaLibrary.all()) {
      out.printf(
          "Library    %-18s %s%n",
          library.name(), library.found() ? library.version() : "missing: see LD_LIBRARY_PATH");
    }
    out.printf("TensorFlow %s%n", TensorFlow.version());
    out.flush();
  }

  private void measure(SpeedSettings settings, PrintWriter out) throws Exception {
    StepSpeed memory = MemoryFed.measure(settings);
    print(out, settings, "from memory", memory, "");
    try (TemporaryFolder topics = TemporaryFolder.in(folder);
        KafkaFed fed = KafkaFed.start(settings, topics.path())) {
      StepSpeed kafka = fed.measure();
      print(
          out,
          settings,
          "from Kafka",
          kafka,
          ", %.0f%% of memory's, waits %.1f%% of the time for tensors"
              .formatted(
                  100 * kafka.imagesPerSecond() / memory.imagesPerSecond(),
                  100 * kafka.dataWaitShare()));
    }
  }

  private static void print(
      PrintWriter out, SpeedSettings settings, String source, StepSpeed speed, String more) {
    out.printf(
        "%-10s %-4s %-12s %,8.0f images/s, a step %.1f ms (95%% within %.1f ms)%s%n",
        settings.precision(),
        settings.xla() ? "XLA" : "",
        source,
        speed.imagesPerSecond(),
        speed.medianMillis(),
        speed.p95Millis(),
        more);
    out.flush();
  }
}
