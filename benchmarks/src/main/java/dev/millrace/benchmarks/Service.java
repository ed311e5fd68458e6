package dev.millrace.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.Millrace;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A command in a process of its own, as users start it; it can be killed and started again. */
final class Service implements AutoCloseable {
  private static final long LIMIT_NANOS = Duration.ofMinutes(1).toNanos();

  private final String name;
  private final List<String> command;
  private final Path log;
  private @Nullable Process process;

  /**
   * Prepares it.
   *
   * @param heap its largest heap, as {@code -Xmx} takes it
   * @param log what it prints is added there
   */
  Service(String name, String heap, Path log, List<String> arguments) {
    this(name, heap, log, List.of(), arguments);
  }

  /**
   * Prepares it.
   *
   * @param heap its largest heap, as {@code -Xmx} takes it
   * @param log what it prints is added there
   * @param prefix another command and its arguments, which is to run it
   */
  Service(String name, String heap, Path log, List<String> prefix, List<String> arguments) {
    this.name = name;
    this.log = log;
    this.command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heap,
            "-XX:+UseParallelGC",
            "-XX:+UseTransparentHugePages",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Millrace.class.getName()));
    command.addAll(arguments);
  }

  String name() {
    return name;
  }

  void start() throws IOException {
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()))
            .start();
  }

  /**
   * Starts it, and waits a minute at most until it has printed something.
   *
   * @return where that was found
   * @throws IOException if it ends before, or does not print it
   */
  Matcher start(Pattern ready) throws IOException, InterruptedException {
    start();
    long deadline = System.nanoTime() + LIMIT_NANOS;
    Matcher found = ready.matcher(output());
    while (!found.find()) {
      if (!isAlive() || System.nanoTime() > deadline) {
        close();
        throw new IOException("The %s does not start: %s".formatted(name, output()));
      }
      Thread.sleep(50);
      found = ready.matcher(output());
    }
    return found;
  }

  /** Ends it at once, as {@code kill -9} does. */
  void kill() {
    started().destroyForcibly();
    started().onExit().join();
  }

  boolean isAlive() {
    return started().isAlive();
  }

  long pid() {
    return started().pid();
  }

  /** Starts it again if it has given up, as whatever runs services does. */
  void restartIfFailed() throws IOException {
    if (process != null && !process.isAlive() && process.exitValue() != 0) {
      start();
    }
  }

  /** Whether it has ended with exit code 0. */
  boolean hasSucceeded() {
    return process != null && !process.isAlive() && process.exitValue() == 0;
  }

  /** What it has printed since it was first started. */
  String output() throws IOException {
    return Files.exists(log) ? Files.readString(log, UTF_8) : "";
  }

  private Process started() {
    if (process == null) {
      throw new IllegalStateException("The %s was not started".formatted(name));
    }
    return process;
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
