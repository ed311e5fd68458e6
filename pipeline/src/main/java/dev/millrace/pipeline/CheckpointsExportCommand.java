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
import dev.millrace.trainer.ExportFormat;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace checkpoints export}. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Writes a checkpoint to a folder in another format, as float32, with the names of its"
            + " classes. The folder appears when all of it is written.")
final class CheckpointsExportCommand implements Callable<Integer> {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      description =
          "safetensors (one file of weights and momenta, for PyTorch and others), saved-model (the"
              + " network with its weights, for TensorFlow Serving) or tensorflow (TensorFlow's own"
              + " checkpoint).")
  private String format = "";

  @Option(
      names = "--output",
      paramLabel = "DIR",
      required = true,
      description = "The folder to make.")
  private Path output = Path.of("");

  @Option(names = "--force", description = "Replace the folder where it holds an earlier export.")
  private boolean force;

  @Option(
      names = "--weights-only",
      description = "Leave the momenta out, which only training needs. Saved models have none.")
  private boolean weightsOnly;

  @Mixin private CheckpointOptions checkpoint = new CheckpointOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    CheckpointChoice choice = Usage.valid(spec, checkpoint::choice);
    ExportFormat as = Usage.valid(spec, () -> ExportFormat.parse(format));
    Topics topics = Usage.valid(spec, prefix::topics);
    Service service = Service.quiet(spec, common);
    OutputFolder folder = new OutputFolder(output, force);
    folder.check();
    try (CheckpointArchive archive = Archives.open(service, cluster.properties(), topics)) {
      CheckpointManifest manifest = archive.find(checkpoint.run(), choice);
      folder.requireSpace(manifest.getBytes());
      long bytes = folder.write(within -> archive.export(manifest, as, weightsOnly, within));
      service
          .out()
          .printf(
              "Wrote the %s as %s to %s: %s%n",
              CheckpointText.name(manifest), as, output, new ByteSize(bytes));
    }
    service.out().flush();
    return ExitCode.OK;
  }
}
