package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.state.DataDirectory;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.model.TrainingSession;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** What {@code run} and {@code demo} share: from settings to the last line. */
final class Local {
  /**
   * Name of the one augmenter. A killed process's augmenter is not waited for when it returns under
   * the same name.
   */
  static final String INSTANCE = "local";

  private Local() {}

  /**
   * Runs all services and says what it does.
   *
   * @param resolved settings whose values depend on others, by option name
   * @return the exit code
   */
  static int run(
      CommandSpec spec,
      CommonOptions common,
      Map<String, ?> resolved,
      LocalSettings settings,
      DataDirectory directory,
      ImageSource source)
      throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    Logging.toFile(directory.root());
    if (common.verbose()) {
      Logging.verbose();
    }
    Settings.print(out, spec, resolved);
    out.println(source.description());
    int classes = source.classes();
    settings.requireClasses(classes);
    directory.requireFree(settings.diskBytes(classes, source.validationImages()));
    TrainerOptions trainer = settings.trainer();
    TrainingSession.requireDevice(
        trainer.device(), trainer.threads(), trainer.deterministic(), trainer.placement());
    TrainingSummary summary = new LocalRun(settings, directory, source, out).run();
    Report.print(out, summary, settings.topics());
    out.printf(
        "All of it is kept in %s. To look at it: ./millrace broker --data-dir %s, then"
            + " ./millrace dashboard or ./millrace checkpoints list, in another terminal%n",
        directory.root(), directory.root());
    out.flush();
    return summary.stopped() ? ExitCode.INTERRUPTED : ExitCode.OK;
  }
}
