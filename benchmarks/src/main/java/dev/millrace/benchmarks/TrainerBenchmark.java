package dev.millrace.benchmarks;

import dev.millrace.pipeline.speed.KafkaFed;
import dev.millrace.pipeline.speed.MemoryFed;
import dev.millrace.pipeline.speed.SpeedSettings;
import dev.millrace.pipeline.speed.StepSpeed;
import dev.millrace.trainer.ResidentMemory;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.Precision;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast a trainer's steps are, and whether Kafka can keep up with them. */
@Command(
    name = "benchmarks/run trainer",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Times steps of training on random images: from memory, from a topic of a broker in this"
          + " process, and from memory once more, so that a machine that gets slower is seen to; with"
          + " --python, PyTorch's on the same network in the same run.",
      "A pause is by how much longer the step took that began a checkpoint of all weights."
    })
public final class TrainerBenchmark implements Callable<Integer> {
  private static final double MEGABYTE = 1e6;
  private static final int PARTITIONS = 4;
  private static final int PARTITIONS_FOR_GPU = 12; // three threads share them

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "alexnet",
      description = "The network. Default: ${DEFAULT-VALUE}.")
  private String model = "alexnet";

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "Where it is trained: cpu or gpu. Default: ${DEFAULT-VALUE}.")
  private Device device = Device.CPU;

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      split = ",",
      defaultValue = "float32,bfloat16",
      description = "Numbers to compute layers in, by commas. Default: ${DEFAULT-VALUE}.")
  private List<Precision> precisions = List.of();

  @Option(names = "--xla", description = "Compile steps by XLA, on a GPU.")
  private boolean xla;

  @Option(
      names = "--minibatch-size",
      paramLabel = "N",
      defaultValue = "128",
      description = "Images a step. Default: ${DEFAULT-VALUE}.")
  private int minibatchSize = 128;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "12",
      description = "Steps to time, after 12 others. Default: ${DEFAULT-VALUE}.")
  private int steps = 12;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of TensorFlow on the processor. Default: one a core.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin private PeersOptions peers = new PeersOptions();
  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, Double> figures = new LinkedHashMap<>();

  private TrainerBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(command().execute(arguments));
  }

  static CommandLine command() {
    return BenchmarkCommand.of(new TrainerBenchmark());
  }

  @Override
  public Integer call() throws Exception {
    out()
        .printf(
            "%-28s %10s %13s %9s %9s %7s %10s %9s%n",
            "", "images/s", "images/CPU-s", "step ms", "95% ms", "waits", "grows MB", "pause ms");
    for (Precision precision : precisions) {
      measure(
          new SpeedSettings(
              Network.of(model),
              1000,
              minibatchSize,
              device,
              threads,
              precision,
              xla,
              steps,
              device == Device.GPU ? PARTITIONS_FOR_GPU : PARTITIONS,
              0));
    }
    out().printf("Most memory held: %,.0f MB%n", ResidentMemory.peak() / MEGABYTE);
    figures.put("train.peak_rss_mb", ResidentMemory.peak() / MEGABYTE);
    String python = peers.python();
    if (python != null) {
      measurePeer(python);
    }
    out().flush();
    results.write(new ResultFile("trainer", Path.of("random bytes")), figures);
    return 0;
  }

  private void measure(SpeedSettings settings) throws Exception {
    String name = name("train", settings.precision());
    StepSpeed before = MemoryFed.measure(settings);
    report(name + ".memory", before);
    StepSpeed kafka;
    try (Folder folder = Folder.temporary();
        KafkaFed fed = KafkaFed.start(settings, folder.path())) {
      kafka = fed.measure();
    }
    report(name + ".kafka", kafka);
    StepSpeed after = MemoryFed.measure(settings);
    report(name + ".memory.again", after);
    double memory = (before.imagesPerSecond() + after.imagesPerSecond()) / 2;
    double share = kafka.imagesPerSecond() / memory;
    out().printf("%-28s %9.1f%%%n", "Kafka of memory", 100 * share);
    out().flush();
    figures.put(name, memory);
    figures.put(kafka(settings.precision()), kafka.imagesPerSecond());
    // Of several precisions the worst.
    figures.merge("train.%s.kafka_over_memory".formatted(model), share, Math::min);
    figures.merge("train.data_wait_share", kafka.dataWaitShare(), Math::max);
  }

  private String name(String group, Precision precision) {
    return switch (precision) {
      case FLOAT32 -> "%s.%s.fp32".formatted(group, model);
      case BFLOAT16 -> "%s.%s.bf16".formatted(group, model);
    };
  }

  private String kafka(Precision precision) {
    return name("train", precision) + ".kafka";
  }

  private void report(String name, StepSpeed speed) {
    figures.put(name + ".images_per_cpu_second", speed.imagesPerCpuSecond());
    figures.put(name + ".checkpoint_pause_ms", speed.checkpointPauseMillis());
    figures.merge(
        "train.rss_growth_mb_per_1000_steps",
        speed.residentGrowthBytes() / MEGABYTE * 1000 / steps,
        Math::max);
    out()
        .printf(
            "%-28s %10.1f %13.1f %9.1f %9.1f %6.1f%% %10.0f %9.0f%n",
            name,
            speed.imagesPerSecond(),
            speed.imagesPerCpuSecond(),
            speed.medianMillis(),
            speed.p95Millis(),
            100 * speed.dataWaitShare(),
            speed.residentGrowthBytes() / MEGABYTE,
            speed.checkpointPauseMillis());
    out().flush();
  }

  private void measurePeer(String interpreter) throws Exception {
    Peers.steps(
        interpreter,
        peers.scripts(),
        steps,
        minibatchSize,
        device == Device.GPU ? "cuda" : "cpu",
        this::report,
        missing -> out().println(missing));
  }

  private void report(Measurement peer) {
    figures.put(peer.name(), peer.perSecond());
    out().printf("%-28s %10.1f %13.1f%n", peer.name(), peer.perSecond(), peer.perCpuSecond());
    for (Precision precision : precisions) {
      Double own = figures.get(kafka(precision));
      if (own != null && peer.name().startsWith(name("peer.torch", precision))) {
        String name = "%s.over_%s".formatted(kafka(precision), peer.name());
        figures.put(name, own / peer.perSecond());
        out().printf("%s %.2f%n", name, own / peer.perSecond());
      }
    }
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
