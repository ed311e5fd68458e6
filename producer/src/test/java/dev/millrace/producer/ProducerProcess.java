package dev.millrace.producer;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A producer in a process of its own, to be killed. */
final class ProducerProcess {
  private ProducerProcess() {}

  /**
   * What a producer is to do.
   *
   * @param imageMillis how long it takes over every image, beyond what it needs
   * @param share which producer of how many it is, as in {@code 1/1}
   */
  record Order(
      String prefix, Path data, int epochs, long aheadBytes, int imageMillis, String share) {}

  /** Publishes a dataset: bootstrap servers and an order's parts. */
  public static void main(String[] arguments) throws Exception {
    Order order =
        new Order(
            arguments[1],
            Path.of(arguments[2]),
            Integer.parseInt(arguments[3]),
            Long.parseLong(arguments[4]),
            Integer.parseInt(arguments[5]),
            arguments[6]);
    ProducerOptions options =
        new ProducerOptions(1, order.epochs, 1 << 20, order.aheadBytes)
            .of(ProducerShare.parse(order.share));
    try (Dataset dataset = TestDataset.open(order.data);
        ImageProducer producer =
            new ImageProducer(
                options,
                new Topics(order.prefix),
                Map.of("bootstrap.servers", arguments[0]),
                dataset,
                clock(order.imageMillis))) {
      producer.run();
    }
  }

  /** A clock that takes its time: a producer asks for it at every image. */
  static InstantSource clock(int imageMillis) {
    return () -> {
      try {
        Thread.sleep(imageMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return InstantSource.system().instant();
    };
  }

  /**
   * Starts one.
   *
   * @param classes as {@link SharedClasses} gives them
   */
  static Process start(TestBroker broker, List<String> classes, Order order, Path log)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // It lives for seconds.
    command.addAll(List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(classes);
    command.add(ProducerProcess.class.getName());
    command.add(String.valueOf(broker.kafka().get("bootstrap.servers")));
    command.add(order.prefix);
    command.add(order.data.toString());
    command.add(Integer.toString(order.epochs));
    command.add(Long.toString(order.aheadBytes));
    command.add(Integer.toString(order.imageMillis));
    command.add(order.share);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }
}
