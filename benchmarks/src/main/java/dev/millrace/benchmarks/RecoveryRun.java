package dev.millrace.benchmarks;

import dev.millrace.pipeline.verify.RunReport;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.CheckpointList;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/**
 * One training run with every service in a process of its own: broker, producer, augmenter and
 * trainer, each of which but the producer may be killed and started again under way.
 */
final class RecoveryRun implements AutoCloseable {
  private static final Topics TOPICS = new Topics("recovery");
  private static final String BROKER_IS_UP = "Ctrl-C stops it";
  private static final String TRAINING_HAS_BEGUN = "Checkpoint of step 10 ";
  private static final Duration AFTERMATH = Duration.ofSeconds(10);
  private static final long LOOK_MILLIS = 20;
  private static final Duration LONGEST_RUN = Duration.ofMinutes(15);

  private final Path folder;
  private final long longestPauseNanos;
  private final int port;
  private final Service broker;
  private final Service producer;
  private final Service augmenter;
  private final Service trainer;
  private final List<Kill> kills = new ArrayList<>();

  /** A service that was killed, and when. */
  private record Kill(Service victim, Instant at) {}

  /**
   * What came of it.
   *
   * @param kills how often a service was killed
   * @param checkpoint step and SHA-256 of the last checkpoint
   * @param lost images lost on the way or in training
   * @param twice images there, or trained on, more than once
   * @param findings what the audit found, in words
   * @param standstillSeconds for each kill, the longest time without a training step in the ten
   *     seconds after it
   */
  record Outcome(
      int kills,
      String checkpoint,
      long lost,
      long twice,
      List<String> findings,
      List<Double> standstillSeconds) {}

  /**
   * Prepares it.
   *
   * @param longestPause longest time from one kill to the next, in seconds
   */
  RecoveryRun(Path folder, Path data, int epochs, double longestPause) throws IOException {
    this.longestPauseNanos = (long) (longestPause * Duration.ofSeconds(1).toNanos());
    this.folder = Files.createDirectories(folder);
    this.port = freePort();
    this.broker =
        service(
            "broker",
            "--data-dir",
            folder.resolve("state").toString(),
            "--broker-port",
            Integer.toString(port));
    String epochsText = Integer.toString(epochs);
    this.producer = client("produce", "--data", data.toString(), "--epochs", epochsText);
    this.augmenter = client("augment", "--model", "cifar10-quick", "--instance-id", "one");
    this.trainer =
        client(
            "train",
            "--model",
            "cifar10-quick",
            "--epochs",
            epochsText,
            "--threads",
            "1",
            "--no-evaluation", // after each of these small epochs it would be most of the work
            "--checkpoint-steps",
            "20");
  }

  /**
   * Runs to the end.
   *
   * @param times how often to kill each of trainer, augmenter and broker, at moments and in an
   *     order that follow from the seed
   * @param say told of each kill
   */
  Outcome run(int times, long seed, Consumer<String> say) throws Exception {
    broker.start();
    supervise(() -> broker.output().contains(BROKER_IS_UP));
    producer.start();
    augmenter.start();
    trainer.start();
    supervise(() -> trainer.output().contains(TRAINING_HAS_BEGUN));
    killAtRandom(times, new Random(seed), say);
    supervise(() -> trainer.hasSucceeded() && producer.hasSucceeded());
    return outcome(StepInstants.read(kafka(), TOPICS));
  }

  private void killAtRandom(int times, Random random, Consumer<String> say) throws Exception {
    List<Service> victims = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      victims.addAll(List.of(trainer, augmenter, broker));
    }
    Collections.shuffle(victims, random);
    for (Service victim : victims) {
      long until = System.nanoTime() + random.nextLong(longestPauseNanos);
      supervise(() -> System.nanoTime() > until);
      if (trainer.hasSucceeded()) {
        return; // at its end: nothing is left to disturb
      }
      victim.kill();
      kills.add(new Kill(victim, Instant.now()));
      victim.start();
      say.accept(victim.name());
    }
  }

  /** What is waited for. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  // Services that give up, as they do when they find no broker at their start, are started again.
  private void supervise(Condition condition) throws Exception {
    long deadline = System.nanoTime() + LONGEST_RUN.toNanos();
    while (!condition.holds()) {
      for (Service service : List.of(broker, producer, augmenter, trainer)) {
        service.restartIfFailed();
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "The run has not come further within %d s; the trainer printed:%n%s%nthe producer:%n%s"
                .formatted(LONGEST_RUN.toSeconds(), trainer.output(), producer.output()));
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  private Outcome outcome(List<Instant> steps) throws Exception {
    Verification verification = new Verifier(TOPICS, kafka(), (_, _) -> {}).run();
    List<Double> standstills = new ArrayList<>();
    for (Kill kill : kills) {
      Instant end = kill.at().plus(AFTERMATH);
      standstills.add(StepInstants.longestStandstill(steps, kill.at(), end));
    }
    return new Outcome(
        kills.size(),
        newestCheckpoint(),
        verification.total().lost() + sum(verification.runs(), true),
        verification.total().doubled() + sum(verification.runs(), false),
        verification.findings(),
        standstills);
  }

  private static long sum(List<RunReport> runs, boolean lost) {
    return runs.stream().mapToLong(run -> lost ? run.lost() : run.twice()).sum();
  }

  private String newestCheckpoint() throws InterruptedException {
    CheckpointManifest newest = CheckpointList.read(TOPICS, kafka()).getLast().manifest();
    return "step %d, SHA-256 %s".formatted(newest.getStep(), newest.getSha256());
  }

  private Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", "127.0.0.1:" + port);
  }

  private Service client(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap-servers", "127.0.0.1:" + port, "--prefix", TOPICS.prefix()));
    return service(all.toArray(String[]::new));
  }

  private Service service(String... arguments) {
    String name = arguments[0];
    return new Service(name, "512m", folder.resolve(name + ".log"), List.of(arguments));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    trainer.close();
    augmenter.close();
    producer.close();
    broker.close();
  }
}
