package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.trainer.CheckpointList;
import dev.millrace.trainer.StoredCheckpoint;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace checkpoints list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Lists the checkpoints of all runs, oldest first. The weights of older ones are deleted"
            + " when newer ones are there: --keep-checkpoints of the trainer.")
final class CheckpointsListCommand implements Callable<Integer> {
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Service service = Service.quiet(spec, common);
    Map<String, Object> kafka = cluster.properties();
    service.requireBroker(kafka);
    service.requireTopic(kafka, prefix.topics().checkpoints());
    List<StoredCheckpoint> checkpoints = CheckpointList.read(prefix.topics(), kafka);
    PrintWriter out = service.out();
    if (checkpoints.isEmpty()) {
      out.println("No checkpoint in topic " + prefix.topics().checkpoints().name());
    } else {
      out.printf(
          "%-16s %10s %6s %10s  %-19s  %-9s  %s%n",
          "run", "step", "epoch", "size", "written", "weights", "sha-256");
      checkpoints.forEach(stored -> print(stored, out));
    }
    out.flush();
    return ExitCode.OK;
  }

  private static void print(StoredCheckpoint stored, PrintWriter out) {
    CheckpointManifest manifest = stored.manifest();
    out.printf(
        "%-16s %,10d %6d %10s  %-19s  %-9s  %s%n",
        manifest.getRun(),
        manifest.getStep(),
        CheckpointText.epoch(manifest),
        new ByteSize(manifest.getBytes()),
        CheckpointText.time(manifest),
        stored.available() ? "kept" : "deleted",
        manifest.getSha256().substring(0, 12));
  }
}
