package dev.millrace.augmenter;

import dev.millrace.schemas.Topics;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** An augmenter in a process of its own, to be killed. */
final class AugmenterProcess {
  private AugmenterProcess() {}

  /** Runs until it is killed: bootstrap servers, prefix, instance id, threads. */
  public static void main(String[] arguments) throws Exception {
    AugmenterOptions options =
        options()
            .instanceId(arguments[2])
            .threads(Integer.parseInt(arguments[3]))
            .commitInterval(Duration.ofMillis(200))
            .build();
    try (AugmenterService service =
        new AugmenterService(
            options, new Topics(arguments[1]), Map.of("bootstrap.servers", arguments[0]))) {
      service.start();
      service.stopped().toCompletableFuture().join();
    }
  }

  static AugmenterOptions.Builder options() {
    return AugmenterOptions.builder()
        .resize(72)
        .crop(64)
        .brightness(0.4)
        .contrast(0.4)
        .saturation(0.4)
        .hue(0.1)
        .threads(2)
        .sessionTimeout(Duration.ofSeconds(6))
        .commitInterval(Duration.ofMillis(100));
  }

  static Process start(TestBroker broker, String prefix, String instanceId, int threads, Path log)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            AugmenterProcess.class.getName(),
            String.valueOf(broker.kafka().get("bootstrap.servers")),
            prefix,
            instanceId,
            Integer.toString(threads));
    File output = log.toFile();
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
        .start();
  }
}
