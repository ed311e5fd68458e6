package dev.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.cli.TeamOptions;
import dev.millrace.trainer.WorkerOrder;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A process that trains in one team: this command again, told with whom. */
final class TeamProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TeamProcess.class);

  private final Process process;
  private final Writer orders;
  private final long startedNanos = System.nanoTime();

  private TeamProcess(Process process) {
    this.process = process;
    this.orders = process.outputWriter(UTF_8);
  }

  /**
   * Starts it in the same way as this process was started.
   *
   * @param arguments of this process
   * @param rank place of this worker in the team
   */
  static TeamProcess start(List<String> arguments, WorkerOrder.Train team, int rank)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(Millrace.class.getName());
    command.addAll(arguments);
    command.add(TeamOptions.teamOption(team.addresses(), rank));
    return new TeamProcess(
        new ProcessBuilder(command)
            .redirectOutput(Redirect.INHERIT)
            .redirectError(Redirect.INHERIT)
            .start());
  }

  /** Gives it an order. */
  void say(String order) {
    try {
      orders.write(order + "\n");
      orders.flush();
    } catch (IOException e) {
      LOG.debug("The worker's process has ended before it was told to {}", order, e);
    }
  }

  /** Its exit code, or null while it runs. */
  @Nullable Integer exitCode() {
    return process.isAlive() ? null : process.exitValue();
  }

  /** For how long it has been running. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  /** Ends it, if it has not ended: its port is free then. */
  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
