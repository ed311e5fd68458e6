package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ByteSize;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.trainer.CheckpointArchive;
import dev.millrace.trainer.CheckpointChoice;
import dev.millrace.trainer.StoredCheckpoint;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace checkpoints verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Reads every byte of the checkpoints whose weights are kept and checks it: every chunk in"
            + " its place, the length, the SHA-256, and that the tensors are as long as the header"
            + " says. Ends with exit code 1 where one is damaged. Trainers may run meanwhile.")
final class CheckpointsVerifyCommand implements Callable<Integer> {
  @Option(
      names = "--run",
      paramLabel = "NAME",
      description = "Only this run's. Default: all runs'.")
  private @Nullable String run;

  @Option(
      names = "--checkpoint",
      paramLabel = "CHOICE",
      description = "Only this one of the run: latest, best or a step. Default: all.")
  private @Nullable String checkpoint;

  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  /** What became of those that were read. */
  private record Counts(int whole, int damaged, int gone) {}

  @Override
  public Integer call() throws Exception {
    CheckpointChoice choice = Usage.valid(spec, this::choice);
    Topics topics = Usage.valid(spec, prefix::topics);
    Service service = Service.quiet(spec, common);
    PrintWriter out = service.out();
    try (CheckpointArchive archive = Archives.open(service, cluster.properties(), topics)) {
      List<CheckpointManifest> meant = meant(archive, choice);
      if (meant.isEmpty()) {
        out.println("No checkpoint with weights in topic " + topics.checkpoints().name());
        out.flush();
        return ExitCode.OK;
      }
      Counts counts = verify(archive, meant, out);
      out.printf(
          "%n%,d whole, %,d damaged%s%n",
          counts.whole,
          counts.damaged,
          counts.gone == 0 ? "" : ", %,d deleted meanwhile".formatted(counts.gone));
      out.flush();
      return counts.damaged == 0 ? ExitCode.OK : ExitCode.FAILED;
    }
  }

  private @Nullable CheckpointChoice choice() {
    if (checkpoint == null) {
      return null;
    }
    if (run == null) {
      throw new ParameterException(
          spec.commandLine(), "--checkpoint needs --run: which run's checkpoint is meant?");
    }
    return CheckpointChoice.parse(checkpoint);
  }

  private List<CheckpointManifest> meant(
      CheckpointArchive archive, @Nullable CheckpointChoice choice) throws InterruptedException {
    if (run != null && choice != null) {
      return List.of(archive.find(run, choice));
    }
    return archive.all().stream()
        .filter(StoredCheckpoint::available)
        .map(StoredCheckpoint::manifest)
        .filter(manifest -> run == null || manifest.getRun().equals(run))
        .toList();
  }

  private static Counts verify(
      CheckpointArchive archive, List<CheckpointManifest> meant, PrintWriter out)
      throws InterruptedException {
    int whole = 0;
    int damaged = 0;
    out.printf("%-16s %10s %10s  %s%n", "run", "step", "size", "result");
    for (CheckpointManifest manifest : meant) {
      String fault = fault(archive, manifest);
      if (fault == null) {
        whole++;
      } else if (isGone(archive, manifest)) {
        fault = "deleted meanwhile";
      } else {
        damaged++;
        fault = "damaged: " + fault;
      }
      out.printf(
          "%-16s %,10d %10s  %s%n",
          manifest.getRun(),
          manifest.getStep(),
          new ByteSize(manifest.getBytes()),
          fault == null ? "whole" : fault);
      out.flush();
    }
    return new Counts(whole, damaged, meant.size() - whole - damaged);
  }

  private static @Nullable String fault(CheckpointArchive archive, CheckpointManifest manifest) {
    try {
      archive.verify(manifest);
      return null;
    } catch (DamagedCheckpointException e) {
      return String.valueOf(e.getMessage());
    }
  }

  // A trainer deletes old ones while this reads.
  private static boolean isGone(CheckpointArchive archive, CheckpointManifest manifest)
      throws InterruptedException {
    return archive.all().stream()
        .noneMatch(stored -> stored.available() && stored.manifest().equals(manifest));
  }
}
