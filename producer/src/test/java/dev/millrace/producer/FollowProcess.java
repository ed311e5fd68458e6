package dev.millrace.producer;

import dev.millrace.producer.arrivals.ArrivalQueue;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.producer.follow.FolderWatch;
import dev.millrace.producer.follow.FollowOptions;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** Follows a folder in a process of its own, to be killed. */
final class FollowProcess {
  private FollowProcess() {}

  /** Follows for ever: bootstrap servers, prefix, folder, images of an epoch. */
  public static void main(String[] arguments) throws Exception {
    ArrivalQueue queue = new ArrivalQueue(64 << 20);
    KnownImages known = new KnownImages();
    FollowOptions following =
        new FollowOptions(
            Duration.ofMillis(50), Duration.ofSeconds(2), Duration.ofSeconds(1), 0.1, 1, 1 << 20);
    try (FolderWatch watch =
            new FolderWatch(
                Path.of(arguments[2]), following, queue, known, InstantSource.system());
        ContinuousProducer producer =
            new ContinuousProducer(
                new ContinuousOptions(1 << 20, 1 << 30, Long.parseLong(arguments[3]), 100),
                new Topics(arguments[1]),
                Map.of("bootstrap.servers", arguments[0]),
                queue,
                known,
                watch.first(),
                InstantSource.system())) {
      watch.start();
      producer.run();
    }
  }

  static Process start(TestBroker broker, String prefix, Path data, long epochImages, Path log)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // it lives for seconds
            "-cp",
            System.getProperty("java.class.path"),
            FollowProcess.class.getName(),
            String.valueOf(broker.kafka().get("bootstrap.servers")),
            prefix,
            data.toString(),
            Long.toString(epochImages));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
