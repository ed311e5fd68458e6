package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegShrinker;
import dev.millrace.imaging.Window;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images that are shrunk on their way into the topics. */
@Timeout(120)
class ShrinkingIT {
  private static final int PARTITIONS = 2;
  private static final int MOST_BYTES = 4096;
  private static final int SIDE = 32;
  private static final int QUALITY = 80;

  @TempDir private static Path directory;
  private static TestBroker broker;

  @TempDir private Path data;
  private Topics topics = new Topics("unset");

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory.resolve("broker"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) throws InterruptedException {
    String name = test.getTestMethod().orElseThrow().getName();
    topics = broker.create(name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), PARTITIONS);
  }

  private void write(String id, byte[] bytes) throws IOException {
    Path file = data.resolve(id);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] shrunk(Window.Choice window, byte[] image) throws Exception {
    try (JpegShrinker shrinker = new JpegShrinker(ImageLimits.DEFAULT, window, QUALITY)) {
      return shrinker.shrink(ByteBuffer.wrap(image));
    }
  }

  private ImageProducer producer(Shrinking shrinking, Dataset dataset) {
    ProducerOptions options = new ProducerOptions(1, 1, MOST_BYTES, 1 << 30, shrinking);
    return new ImageProducer(options, topics, broker.kafka(), dataset, InstantSource.system());
  }

  private ImageReader published() throws Exception {
    ImageReader reader = new ImageReader(broker, topics, Split.TRAIN, PARTITIONS);
    TestBroker.await("the epoch", () -> reader.poll().epochEnds() == PARTITIONS);
    return reader;
  }

  private static byte[] bytes(ImageReader reader, String id) {
    Image image =
        reader.images().stream().filter(some -> some.getId().equals(id)).findFirst().orElseThrow();
    byte[] bytes = new byte[image.getBytes().remaining()];
    image.getBytes().duplicate().get(bytes);
    return bytes;
  }

  private Map<String, String> reasons(int letters) throws Exception {
    Map<String, String> reasons = new TreeMap<>();
    try (Consumer<String, DeadLetter> consumer = broker.reader(topics.deadLetters(), 1)) {
      TestBroker.await(
          letters + " dead letters",
          () -> {
            consumer
                .poll(Duration.ofMillis(20))
                .forEach(record -> reasons.put(record.key(), record.value().getReason()));
            return reasons.size() == letters;
          });
    }
    return reasons;
  }

  @Test
  void shouldPublishSquaresUnderTheSameIdsInTheSameOrder() throws Exception {
    for (int i = 0; i < 24; i++) {
      String id = "%s/%d.jpg".formatted(i % 2 == 0 ? "cat" : "dog", i);
      write(id, TestJpegs.noise(30 + i, 50 - i, id));
    }
    write("dog/large.jpg", TestJpegs.noise(160, 120, "large")); // over the limit as it is

    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageProducer producer = producer(new Shrinking(SIDE, 0, QUALITY), dataset)) {
      ProducerSummary summary = producer.run();

      assertThat(summary.images()).isEqualTo(25);
      assertThat(summary.deadLetters()).isZero();
      assertThat(producer.shrunkLarger()).isEqualTo(1);
      try (ImageReader train = published();
          ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
        assertThat(train.seen())
            .isEqualTo(ImageReader.expected(dataset, Split.TRAIN, 1, 1, PARTITIONS, Set.of()));
        for (Image image : train.images()) {
          byte[] expected =
              shrunk(Window.centre(SIDE), Files.readAllBytes(data.resolve(image.getId())));
          assertThat(bytes(train, image.getId())).isEqualTo(expected);
          assertThat(decoder.decode(image.getBytes()).width()).isEqualTo(SIDE);
        }
        assertThat(summary.bytes())
            .isEqualTo(train.images().stream().mapToLong(one -> one.getBytes().remaining()).sum());
      }
    }
  }

  @Test
  void shouldShrinkOnlyImagesOverTheLimit() throws Exception {
    write("cat/small.jpg", TestJpegs.noise(40, 40, "small"));
    write("cat/large.jpg", TestJpegs.noise(160, 120, "large"));
    write("dog/small.jpg", TestJpegs.noise(40, 40, "dog"));

    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageProducer producer = producer(new Shrinking(0, 40, QUALITY), dataset)) {
      ProducerSummary summary = producer.run();

      assertThat(List.of(summary.images(), summary.deadLetters())).containsExactly(3L, 0L);
      assertThat(producer.shrunkLarger()).isEqualTo(1);
      try (ImageReader train = published()) {
        assertThat(bytes(train, "cat/small.jpg"))
            .isEqualTo(Files.readAllBytes(data.resolve("cat/small.jpg")));
        assertThat(bytes(train, "cat/large.jpg"))
            .isEqualTo(shrunk(Window.within(40), Files.readAllBytes(data.resolve("cat/large.jpg"))))
            .hasSizeLessThan(MOST_BYTES);
      }
    }
  }

  @Test
  void shouldMakeDeadLettersOfLargeImagesThatCannotBeShrunkAndGoOn() throws Exception {
    write("cat/good.jpg", TestJpegs.noise(160, 120, "good"));
    write("cat/broken.jpg", new byte[MOST_BYTES + 1]);
    write("dog/still-large.jpg", TestJpegs.noise(100, 4000, "long"));
    write("dog/pixels.png", bitmap(9000, 8000));
    write("dog/good.jpg", TestJpegs.noise(20, 20, "dog"));
    write("dog/huge.jpg", new byte[0]);
    try (RandomAccessFile huge =
        new RandomAccessFile(data.resolve("dog/huge.jpg").toFile(), "rw")) {
      huge.setLength(10L << 30); // takes no place on the disk
    }

    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageProducer producer = producer(new Shrinking(0, SIDE, QUALITY), dataset)) {
      ProducerSummary summary = producer.run();

      assertThat(List.of(summary.images(), summary.deadLetters())).containsExactly(2L, 4L);
      Map<String, String> reasons = reasons(4);
      assertThat(reasons.values())
          .allSatisfy(reason ->
              assertThat(reason)
                  .startsWith("the file may have 4096 bytes at most (--max-image-size), found "));
      assertThat(reasons.get("cat/broken.jpg"))
          .endsWith(
              "found 4097, and it cannot be shrunk (--shrink-larger): not a JPEG, PNG, WebP or GIF,"
                  + " starts with 00 00 00 00");
      assertThat(reasons.get("dog/still-large.jpg"))
          .endsWith("when it is shrunk (--shrink-larger)");
      assertThat(reasons.get("dog/pixels.png"))
          .endsWith("an image may have 64000000 pixels at most, found 9000 x 8000");
      assertThat(reasons.get("dog/huge.jpg"))
          .endsWith("found 10737418240; one that is shrunk (--shrink-larger) may have 268435456");
    }
  }

  @Test
  void shouldMakeDeadLettersOfImagesThatCannotBePrepared() throws Exception {
    write("cat/good.jpg", TestJpegs.noise(40, 40, "good"));
    write("cat/broken.jpg", new byte[] {1, 2, 3, 4});
    write("dog/good.jpg", TestJpegs.noise(20, 20, "dog"));
    write("dog/empty.jpg", new byte[0]);

    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageProducer producer = producer(new Shrinking(SIDE, 0, QUALITY), dataset)) {
      assertThat(producer.run().images()).isEqualTo(2);

      assertThat(reasons(2))
          .containsEntry(
              "cat/broken.jpg",
              "the image cannot be shrunk (--prepare): not a JPEG, PNG, WebP or GIF, starts with"
                  + " 01 02 03 04")
          .containsEntry("dog/empty.jpg", "the file is empty");
    }
  }

  // A PNG's beginning and end, which claims to have so many pixels.
  private static byte[] bitmap(int width, int height) {
    ByteBuffer png = ByteBuffer.allocate(2 * MOST_BYTES);
    png.putLong(0x89504E470D0A1A0AL).putInt(13).putInt(0x49484452).putInt(width).putInt(height);
    png.putInt(png.capacity() - 8, 0x49454E44);
    return png.array();
  }
}
