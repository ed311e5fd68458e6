package dev.millrace.benchmarks;

import dev.millrace.pipeline.demo.DemoImages;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is left of a training run whose services are killed again and again. */
@Command(
    name = "benchmarks/run recovery",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains cifar10-quick twice on the same images, with broker, producer, augmenter and trainer"
          + " each in a process of its own: once undisturbed, and once while trainer, augmenter and"
          + " broker are killed with kill -9 at random moments and started again.",
      "Compares the weights of both runs bit for bit, and audits the second one from its topics.",
      "recovery.seconds is, for each kill, the longest time without a training step in the ten"
          + " seconds after it."
    })
public final class RecoveryBenchmark implements Callable<Integer> {
  private static final int VICTIMS = 3;
  private static final int IMAGES_A_CLASS = 24;
  private static final int VALIDATION_IMAGES_A_CLASS = 4;

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "30",
      description =
          "How often services are killed, each of the three a third of it. Default:"
              + " ${DEFAULT-VALUE}.")
  private int kills = 30;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Epochs of both runs. Default: ${DEFAULT-VALUE}.")
  private int epochs = 1000;

  @Option(
      names = "--longest-pause",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "Longest time from one kill to the next. Default: ${DEFAULT-VALUE}.")
  private double longestPause = 10;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "What the moments and the order follow from. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of images with labels. Default: 288 drawn ones of 12 classes.")
  private @Nullable Path data;

  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private RecoveryBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything is lost. */
  public static void main(String[] arguments) {
    System.exit(command().execute(arguments));
  }

  static CommandLine command() {
    return BenchmarkCommand.of(new RecoveryBenchmark());
  }

  @Override
  public Integer call() throws Exception {
    try (Folder folder = Folder.temporary()) {
      Path images = data == null ? draw(folder.path().resolve("images")) : data;
      RecoveryRun.Outcome calm = run(folder.path().resolve("calm"), images, 0);
      out().printf("undisturbed: %s%n", calm.checkpoint());
      RecoveryRun.Outcome rough = run(folder.path().resolve("rough"), images, kills / VICTIMS);
      out().printf("killed:      %s%n", rough.checkpoint());
      rough.findings().forEach(out()::println);
      Map<String, Double> figures = figures(calm, rough);
      figures.forEach((name, figure) -> out().printf("%-28s %10.2f%n", name, figure));
      out().flush();
      results.write(new ResultFile("recovery", images), figures);
      boolean whole = rough.findings().isEmpty() && calm.findings().isEmpty();
      return whole && calm.checkpoint().equals(rough.checkpoint()) ? 0 : 1;
    }
  }

  private static Path draw(Path folder) throws Exception {
    DemoImages.write(folder, 1, IMAGES_A_CLASS, VALIDATION_IMAGES_A_CLASS);
    return folder;
  }

  private RecoveryRun.Outcome run(Path folder, Path images, int times) throws Exception {
    try (RecoveryRun run = new RecoveryRun(folder, images, epochs, longestPause)) {
      return run.run(times, seed, this::say);
    }
  }

  private void say(String victim) {
    out().printf("killed the %s%n", victim);
    out().flush();
  }

  private static Map<String, Double> figures(RecoveryRun.Outcome calm, RecoveryRun.Outcome rough) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("recovery.kills", (double) rough.kills());
    figures.put("recovery.lost", (double) rough.lost());
    figures.put("recovery.duplicated", (double) rough.twice());
    figures.put("recovery.bit_identical", calm.checkpoint().equals(rough.checkpoint()) ? 1.0 : 0.0);
    List<Double> seconds = rough.standstillSeconds().stream().sorted().toList();
    if (!seconds.isEmpty()) {
      figures.put("recovery.seconds.p50", seconds.get(seconds.size() / 2));
      figures.put("recovery.seconds.max", seconds.getLast());
    }
    return figures;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
