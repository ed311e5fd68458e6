package dev.millrace.pipeline;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.demo.DemoImages;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/** A broker of this process, and a dataset of drawn images that is published there. */
final class DrawnStream implements AutoCloseable {
  static final int PARTITIONS = 3;

  private static final int MIB = 1 << 20;

  private final Dataset dataset;
  private final EmbeddedBroker broker;
  private final long aheadBytes;

  private DrawnStream(Dataset dataset, EmbeddedBroker broker, long aheadBytes) {
    this.dataset = dataset;
    this.broker = broker;
    this.aheadBytes = aheadBytes;
  }

  /**
   * Draws images of 12 classes and starts a broker.
   *
   * @param folder gets the folders {@code images} and {@code broker}
   * @param train training images of a class
   * @param validation validation images of a class
   * @param instead what stands in files in place of an image, by path below {@code images}
   * @param aheadBytes how far a producer runs ahead
   */
  static DrawnStream open(
      Path folder, int train, int validation, Map<String, String> instead, long aheadBytes)
      throws Exception {
    Map<String, byte[]> files = new HashMap<>();
    instead.forEach((path, text) -> files.put(path, text.getBytes(StandardCharsets.UTF_8)));
    return openWith(folder, train, validation, files, aheadBytes);
  }

  /** The same, with files of any bytes in place of images. */
  static DrawnStream openWith(
      Path folder, int train, int validation, Map<String, byte[]> instead, long aheadBytes)
      throws Exception {
    Path images = folder.resolve("images");
    DemoImages.write(images, 1, train, validation);
    for (Map.Entry<String, byte[]> file : instead.entrySet()) {
      Files.write(images.resolve(file.getKey()), file.getValue());
    }
    return new DrawnStream(
        Dataset.open(images, 0, 1),
        EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of()),
        aheadBytes);
  }

  String servers() {
    return broker.bootstrapServers();
  }

  Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", servers());
  }

  /** Creates the topics with that prefix. */
  Topics topics(String prefix) throws Exception {
    return topics(prefix, new ImageRetention.Purge());
  }

  /** Creates topics whose images stay as said. */
  Topics topics(String prefix, ImageRetention retention) throws Exception {
    Topics topics = new Topics(prefix);
    try (Admin admin = Admin.create(kafka())) {
      topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, MIB, retention));
    }
    return topics;
  }

  /** A producer of so many epochs. */
  ImageProducer producer(Topics topics, int epochs) {
    return new ImageProducer(
        new ProducerOptions(1, epochs, MIB, aheadBytes),
        topics,
        kafka(),
        dataset,
        InstantSource.system());
  }

  /** Publishes so many epochs, or what is missing of them; the number of images. */
  long produce(Topics topics, int epochs) throws Exception {
    try (ImageProducer producer = producer(topics, epochs)) {
      return producer.run().images();
    }
  }

  @Override
  public void close() throws IOException {
    broker.close();
    dataset.close();
  }
}
