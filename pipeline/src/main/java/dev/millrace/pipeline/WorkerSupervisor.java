package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.TeamOptions;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.WorkerGroup;
import dev.millrace.trainer.WorkerOrder;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A worker of a group: finds the others through Kafka and lets a process of its own train in a team
 * with them, a new process for every team. TensorFlow can neither leave a group of servers nor be
 * interrupted where it waits for one that is gone; a process can end.
 */
final class WorkerSupervisor {
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration SHORT_LIFE = Duration.ofMinutes(1);
  private static final int MOST_SHORT_LIVES = 5;
  private static final int TERMINATED = 143;

  private final List<String> arguments;
  private final TeamOptions.Workers workers;
  private final WorkerGroup group;
  private final PrintWriter out;
  private volatile boolean stopRequested;
  private boolean stopSaid;
  private @Nullable TeamProcess process;
  private List<Integer> lastTeam = List.of();
  private int shortLives;

  private WorkerSupervisor(
      List<String> arguments, TeamOptions.Workers workers, WorkerGroup group, PrintWriter out) {
    this.arguments = arguments;
    this.workers = workers;
    this.group = group;
    this.out = out;
  }

  /**
   * Trains until the run ends or this worker does.
   *
   * @return the exit code
   * @throws CannotStartException if this worker cannot be one of the group
   */
  static int run(
      CommandSpec command,
      TrainerOptions options,
      TeamOptions.Workers workers,
      Topics topics,
      Map<String, Object> kafka,
      PrintWriter out)
      throws CannotStartException, IOException {
    List<String> arguments = command.root().commandLine().getParseResult().originalArgs();
    try (WorkerGroup group =
        new WorkerGroup(
            options, workers.addresses(), workers.index(), topics, kafka, InstantSource.system())) {
      WorkerSupervisor supervisor = new WorkerSupervisor(arguments, workers, group, out);
      Shutdown.onSignal(() -> supervisor.stopRequested = true);
      return supervisor.run();
    }
  }

  private int run() throws CannotStartException, IOException {
    String address = workers.addresses().get(workers.index());
    say(
        ("worker %d: TensorFlow will listen on port %s of all addresses of this machine, and does not"
                + " ask who connects")
            .formatted(workers.index(), address.substring(address.lastIndexOf(':') + 1)));
    try {
      while (true) {
        WorkerOrder order = group.poll(LOOK);
        if (order != null) {
          follow(order);
        }
        TeamProcess trains = process;
        Integer code = trains == null ? null : trains.exitCode();
        if (trains == null) {
          if (stopRequested) {
            return ExitCode.INTERRUPTED;
          }
        } else if (code != null) {
          process = null;
          if (!isReadyAfter(code, trains.age())) {
            return exitCode(code);
          }
        } else if (stopRequested && !stopSaid) {
          stopSaid = true;
          trains.say(TeamControl.STOP);
        }
      }
    } finally {
      if (process != null) {
        process.close();
      }
    }
  }

  private void follow(WorkerOrder order) throws CannotStartException, IOException {
    switch (order) {
      case WorkerOrder.Wait wait -> say("worker %d: %s".formatted(workers.index(), wait.reason()));
      case WorkerOrder.Refuse refuse -> throw new CannotStartException(refuse.reason());
      case WorkerOrder.Disband disband -> {
        if (process != null) {
          say("worker %d: %s".formatted(workers.index(), disband.reason()));
          process.say(disband.lost() ? TeamControl.LEAVE : TeamControl.STOP);
        }
      }
      case WorkerOrder.Train team -> {
        if (process == null && !stopRequested) {
          begin(team);
        }
      }
    }
  }

  private void begin(WorkerOrder.Train team) throws IOException {
    List<Integer> gone =
        lastTeam.stream().filter(index -> !team.indexes().contains(index)).toList();
    if (!gone.isEmpty()) {
      say("worker %d: worker %s is gone".formatted(workers.index(), names(gone)));
    }
    lastTeam = team.indexes();
    say("worker %d trains in a team of %s".formatted(workers.index(), names(team.indexes())));
    process = TeamProcess.start(arguments, team, team.indexes().indexOf(workers.index()));
    group.trains(team);
  }

  // Whether this worker is to train in the next team.
  private boolean isReadyAfter(int code, Duration age) {
    boolean stopped = code == ExitCode.INTERRUPTED || code == TERMINATED;
    if (stopRequested || !(stopped || code == ExitCode.TEAM_ENDED)) {
      return false;
    }
    shortLives = stopped || age.compareTo(SHORT_LIFE) > 0 ? 0 : shortLives + 1;
    if (shortLives > MOST_SHORT_LIVES) {
      say(
          ("worker %d gives up: %d teams one after another could not train together. Can the workers"
                  + " reach each other's ports (%s)?")
              .formatted(workers.index(), shortLives, String.join(", ", workers.addresses())));
      return false;
    }
    if (!stopped) {
      say(
          "worker %d: finding out who remains of the team of %s"
              .formatted(workers.index(), names(lastTeam)));
    }
    group.ready("its team has ended");
    return true;
  }

  private int exitCode(int code) {
    return switch (code) {
      case ExitCode.OK, ExitCode.FAILED, ExitCode.USAGE, ExitCode.CANNOT_START -> code;
      case ExitCode.INTERRUPTED, TERMINATED -> ExitCode.INTERRUPTED;
      case ExitCode.TEAM_ENDED -> stopRequested ? ExitCode.INTERRUPTED : ExitCode.FAILED;
      default -> {
        say(
            "worker %d: its training process was ended from outside (exit code %d)"
                .formatted(workers.index(), code));
        yield ExitCode.FAILED;
      }
    };
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }

  private static String names(List<Integer> indexes) {
    return indexes.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
