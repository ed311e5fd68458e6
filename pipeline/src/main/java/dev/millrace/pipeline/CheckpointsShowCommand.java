package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.CheckpointOptions;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.CheckpointArchive;
import dev.millrace.trainer.CheckpointChoice;
import dev.millrace.trainer.CheckpointContents;
import dev.millrace.trainer.ModelDescription;
import dev.millrace.trainer.TensorEntry;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace checkpoints show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Shows all that a checkpoint records: its model, errors and state, and the shape of every"
            + " tensor. Reads its header only: millrace checkpoints verify reads the rest.")
final class CheckpointsShowCommand implements Callable<Integer> {
  private static final int MOST_CLASSES = 12;

  @Mixin private CheckpointOptions checkpoint = new CheckpointOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    CheckpointChoice choice = Usage.valid(spec, checkpoint::choice);
    Topics topics = Usage.valid(spec, prefix::topics);
    Service service = Service.quiet(spec, common);
    try (CheckpointArchive archive = Archives.open(service, cluster.properties(), topics)) {
      CheckpointManifest manifest = archive.find(checkpoint.run(), choice);
      CheckpointContents contents = archive.contents(manifest);
      print(manifest, contents, topics, service.out());
    }
    service.out().flush();
    return ExitCode.OK;
  }

  private static void print(
      CheckpointManifest manifest, CheckpointContents contents, Topics topics, PrintWriter out) {
    ModelDescription model = contents.model();
    out.printf("Checkpoint of step %,d of run %s%n", manifest.getStep(), manifest.getRun());
    line(
        out,
        "model",
        "%s, %,d parameters".formatted(manifest.getModel(), manifest.getParameters()));
    line(out, "classes", classes(model));
    line(out, "images", images(model));
    line(out, "written", CheckpointText.time(manifest));
    line(
        out,
        "goes on",
        "in epoch %d at image %,d, after %s images"
            .formatted(
                manifest.getEpoch() + 1,
                manifest.getNextSequence() + 1,
                grouped(manifest.getState().getOrDefault("images", "?"))));
    line(
        out,
        "bytes",
        "%s (%,d) in %d chunks from %s-0@%d"
            .formatted(
                new ByteSize(manifest.getBytes()),
                manifest.getBytes(),
                manifest.getChunks(),
                topics.checkpointChunks().name(),
                manifest.getFirstChunkOffset()));
    line(out, "format", manifest.getFormat());
    line(out, "sha-256", manifest.getSha256());
    line(
        out,
        "class list",
        manifest.getClassListId().isEmpty() ? "none" : manifest.getClassListId());
    line(out, "seed", Long.toString(manifest.getSeed()));
    line(out, "group", manifest.getGroup());
    line(out, "offsets", new TreeMap<>(manifest.getOffsets()).toString());
    section(out, "State", manifest.getState());
    section(out, "Environment", manifest.getEnvironment());
    out.printf("%nTensors%n");
    contents.tensors().forEach(tensor -> print(tensor, out));
  }

  private static String grouped(String number) {
    return number.matches("\\d{1,18}") ? "%,d".formatted(Long.parseLong(number)) : number;
  }

  private static String classes(ModelDescription model) {
    String names =
        model.allNames().stream()
            .limit(MOST_CLASSES)
            .map(Letters::plain)
            .collect(Collectors.joining(", "));
    return "%,d: %s%s"
        .formatted(model.classes(), names, model.classes() > MOST_CLASSES ? ", ..." : "");
  }

  private static String images(ModelDescription model) {
    int input = model.network().inputSize();
    int stored = model.network().storedSize();
    return "%d x %d of %d x %d, less the mean %s"
        .formatted(input, input, stored, stored, model.mean());
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf("  %-10s  %s%n", name, value);
  }

  private static void section(PrintWriter out, String title, Map<String, String> entries) {
    out.printf("%n%s%n", title);
    new TreeMap<>(entries).forEach((name, value) -> out.printf("  %-34s  %s%n", name, value));
  }

  private static void print(TensorEntry tensor, PrintWriter out) {
    String shape = tensor.shape().stream().map(String::valueOf).collect(Collectors.joining(" x "));
    out.printf(
        "  %-34s  %-3s  %-20s  %10s%n",
        tensor.name(), tensor.type(), shape, new ByteSize(tensor.bytes()));
  }
}
