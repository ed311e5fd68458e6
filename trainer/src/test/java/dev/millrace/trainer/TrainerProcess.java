package dev.millrace.trainer;

import dev.millrace.schemas.Topics;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A trainer in a JVM of its own, which can be killed. */
final class TrainerProcess implements AutoCloseable {
  private static final String STEP = "STEP ";
  private static final String END = "END";
  private final Process process;
  private final BufferedReader output;

  TrainerProcess(TestStream stream, String run, int steps) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // it lives for seconds
            "-cp",
            System.getProperty("java.class.path"),
            TrainerProcess.class.getName(),
            String.valueOf(stream.kafka.get("bootstrap.servers")),
            stream.topics.prefix(),
            run,
            Integer.toString(steps)));
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    this.output = process.inputReader();
  }

  /** Kills it, as with kill -9, when it says that it has done a step; or lets it end. */
  void killAtStep(long step) throws IOException, InterruptedException {
    String line;
    while ((line = output.readLine()) != null && !line.equals(STEP + step)) {
      if (line.equals(END)) {
        break;
      }
    }
    process.destroyForcibly().waitFor();
  }

  /** Waits for its end; whether it reached its goal. */
  boolean reachesGoal() throws IOException, InterruptedException {
    boolean end = output.lines().anyMatch(END::equals);
    return process.waitFor() == 0 && end;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  /** The child's main. */
  public static void main(String[] arguments) throws InterruptedException {
    TrainerOptions options = TestRuns.options(arguments[2], Integer.parseInt(arguments[3]));
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepReport step) {
            System.out.println(STEP + step.step());
          }
        };
    try (Trainer trainer =
        new Trainer(
            options,
            new Topics(arguments[1]),
            Map.of("bootstrap.servers", arguments[0]),
            InstantSource.system(),
            listener)) {
      if (!trainer.run().stopped()) {
        System.out.println(END);
      }
    }
  }
}
