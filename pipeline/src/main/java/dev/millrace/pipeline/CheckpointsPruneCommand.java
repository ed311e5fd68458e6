package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.CheckpointArchive;
import dev.millrace.trainer.Pruning;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace checkpoints prune}. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Removes the weights of older checkpoints of all runs from the topic, and so from disk."
            + " Every run keeps one that is whole, however few are asked for; the checkpoints stay"
            + " in the list. Trainers may run meanwhile: nothing that one is writing is removed.")
final class CheckpointsPruneCommand implements Callable<Integer> {
  @Option(
      names = "--keep",
      paramLabel = "N",
      required = true,
      description = "Newest checkpoints that each run keeps, at least 1.")
  private int keep;

  @Option(names = "--dry-run", description = "Only tell what would be removed.")
  private boolean dryRun;

  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    int kept = Usage.valid(spec, this::checkedKeep);
    Topics topics = Usage.valid(spec, prefix::topics);
    Service service = Service.quiet(spec, common);
    try (CheckpointArchive archive = Archives.open(service, cluster.properties(), topics)) {
      print(archive.prune(kept, dryRun), service.out());
    }
    service.out().flush();
    return ExitCode.OK;
  }

  private int checkedKeep() {
    if (keep < 1) {
      throw new IllegalArgumentException("--keep must be 1 or more, found " + keep);
    }
    return keep;
  }

  private void print(Pruning pruning, PrintWriter out) {
    pruning.kept().forEach(manifest -> line(out, "kept", manifest));
    pruning.spared().forEach(manifest -> line(out, "spared", manifest));
    pruning.removed().forEach(manifest -> line(out, dryRun ? "to remove" : "removed", manifest));
    out.printf(
        "%s %,d checkpoints, %s%n",
        dryRun ? "Would remove" : "Removed",
        pruning.removed().size(),
        new ByteSize(bytes(pruning.removed())));
    if (!pruning.spared().isEmpty()) {
      out.printf(
          "%,d more are spared: chunks are deleted from the topic's beginning on, and theirs lie"
              + " behind some that are needed%n",
          pruning.spared().size());
    }
  }

  private static long bytes(List<CheckpointManifest> manifests) {
    return manifests.stream().mapToLong(CheckpointManifest::getBytes).sum();
  }

  private static void line(PrintWriter out, String what, CheckpointManifest manifest) {
    out.printf(
        "%-10s %-16s %,10d %10s%n",
        what, manifest.getRun(), manifest.getStep(), new ByteSize(manifest.getBytes()));
  }
}
