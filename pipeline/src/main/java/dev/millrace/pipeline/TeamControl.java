package dev.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.trainer.Trainer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does in a process that trains in a team what the supervisor says, a line of the standard input
 * each. The process ends with its supervisor, however that ends. Where TensorFlow waits for a
 * worker that is gone nothing can interrupt it, and the process ends at once: the checkpoints are
 * in Kafka.
 */
final class TeamControl {
  /** To stop where all workers of the team stop, after a checkpoint. */
  static final String STOP = "stop";

  /** To end without the others. */
  static final String LEAVE = "leave";

  private static final Logger LOG = LoggerFactory.getLogger(TeamControl.class);
  private static final long PATIENCE_NANOS = Duration.ofSeconds(2).toNanos();
  private static final Duration LOOK = Duration.ofMillis(100);

  private final Trainer trainer;

  private TeamControl(Trainer trainer) {
    this.trainer = trainer;
  }

  /** A thread that does so, not started. */
  static Thread of(Trainer trainer) {
    return Thread.ofPlatform()
        .name("team-control")
        .daemon()
        .unstarted(new TeamControl(trainer)::read);
  }

  private void read() {
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
      String line = lines.readLine();
      while (line != null) {
        switch (line) {
          case STOP -> trainer.requestStop();
          case LEAVE -> leave();
          default -> LOG.warn("Unknown order of the supervisor: {}", line);
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      LOG.debug("The supervisor no longer answers", e);
    }
    Runtime.getRuntime().halt(ExitCode.TEAM_ENDED);
  }

  private void leave() {
    trainer.leave();
    Thread.ofPlatform().name("team-leave").daemon().start(this::haltIfStuck);
  }

  private void haltIfStuck() {
    long free = System.nanoTime();
    while (System.nanoTime() - free < PATIENCE_NANOS) {
      if (!trainer.waitsForOthers()) {
        free = System.nanoTime();
      }
      try {
        Thread.sleep(LOOK);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    Runtime.getRuntime().halt(ExitCode.TEAM_ENDED);
  }
}
