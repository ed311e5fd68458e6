package dev.millrace.producer;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** A producer in a process of its own, to be killed. */
final class ProducerProcess {
  private ProducerProcess() {}

  /** Publishes two epochs: bootstrap servers, prefix, folder, bytes to be ahead. */
  public static void main(String[] arguments) throws Exception {
    ProducerOptions options = new ProducerOptions(1, 2, 1 << 20, Long.parseLong(arguments[3]));
    try (Dataset dataset = TestDataset.open(Path.of(arguments[2]));
        ImageProducer producer =
            new ImageProducer(
                options,
                new Topics(arguments[1]),
                Map.of("bootstrap.servers", arguments[0]),
                dataset,
                InstantSource.system())) {
      producer.run();
    }
  }

  static Process start(TestBroker broker, String prefix, Path data, long aheadBytes, Path log)
      throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1", // it lives for seconds
            "-cp",
            System.getProperty("java.class.path"),
            ProducerProcess.class.getName(),
            String.valueOf(broker.kafka().get("bootstrap.servers")),
            prefix,
            data.toString(),
            Long.toString(aheadBytes));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
