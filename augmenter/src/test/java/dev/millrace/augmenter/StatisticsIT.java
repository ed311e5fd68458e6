package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.imaging.ColorStatistics;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.schemas.DatasetStatistics;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Statistics;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.schemas.TensorType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class StatisticsIT {
  private static final int IMAGES = 40;

  @TempDir private static Path directory;
  private static TestBroker broker;

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void shouldAugmentByTheStatisticsThatWereFoundInTheTopic() throws Exception {
    TestStream stream = TestStream.create(broker, "colors", 3);
    publish(stream);
    stream.publish(Split.TRAIN, 0, IMAGES, IMAGES + 1, Set.of((long) IMAGES)); // broken: left out
    StatisticsJob job = job(stream, Long.MAX_VALUE);
    DatasetStatistics found = job.compute(_ -> {}).orElseThrow();
    job.publish(found);

    assertThat(found.getImages()).isEqualTo(IMAGES);
    assertThat(Statistics.newest(broker.kafka(), stream.topics())).contains(found);
    AugmenterOptions.Builder options =
        AugmenterProcess.options()
            .lighting(0.5)
            .tensorType(TensorType.FLOAT32)
            .statistics(StatisticsSource.DATASET);
    List<Double> flat = found.getEigenvectors();
    Recipe recipe =
        Recipe.of(
            options.build(),
            new ColorStatistics(
                found.getMean(),
                found.getDeviation(),
                found.getEigenvalues(),
                List.of(flat.subList(0, 3), flat.subList(3, 6), flat.subList(6, 9))));
    List<ImageTensor> tensors = new ArrayList<>();
    try (AugmenterService service = stream.service(options);
        Consumer<String, SpecificRecord> reader =
            broker.reader(stream.topics().tensors(Split.TRAIN), 3)) {
      service.start();
      TestBroker.await(
          "all tensors",
          () -> {
            reader
                .poll(Duration.ofMillis(20))
                .forEach(record -> tensors.add((ImageTensor) record.value()));
            return tensors.size() == IMAGES;
          });
    }
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      Augmentation augmentation = new Augmentation(recipe, decoder);
      for (ImageTensor tensor : tensors) {
        ByteBuffer image = ByteBuffer.wrap(picture(tensor.getSequence()));
        assertThat(tensor.getType()).isEqualTo(TensorType.FLOAT32);
        assertThat(tensor.getBytes())
            .isEqualTo(augmentation.apply(image, Split.TRAIN, 0, tensor.getId()).elements());
      }
    }
  }

  @Test
  void shouldLookAtNoMoreImagesThanAskedFor() throws Exception {
    TestStream stream = TestStream.create(broker, "few", 3);
    publish(stream);

    assertThat(job(stream, 7).compute(_ -> {}).orElseThrow().getImages()).isEqualTo(7);
  }

  @Test
  void shouldFindTheColorsThatPicturesHave() throws Exception {
    TestStream stream = TestStream.create(broker, "flat", 1);
    // Half of the pixels are black, half are (200, 100, 50): the one component is that color.
    byte[] halves = TestImages.png(TestImages.halves(64, 200, 100, 50)).array();
    try (KafkaProducer<String, SpecificRecord> producer =
        broker.producer(stream.topics().images(Split.TRAIN))) {
      producer
          .send(
              new ProducerRecord<>(
                  stream.topics().images(Split.TRAIN).name(),
                  0,
                  "a",
                  TestImages.image(Split.TRAIN, 0, 0, halves)))
          .get();
    }
    DatasetStatistics found = job(stream, 10).compute(_ -> {}).orElseThrow();

    double length = Math.sqrt(200 * 200 + 100 * 100 + 50 * 50) / 255;
    assertThat(found.getMean().get(0)).isCloseTo(100 / 255.0, within(1e-9));
    assertThat(found.getDeviation().get(2)).isCloseTo(25 / 255.0, within(1e-9));
    assertThat(found.getEigenvalues().get(0)).isCloseTo(length * length / 4, within(1e-9));
    assertThat(Math.abs(found.getEigenvectors().get(1)))
        .isCloseTo(100 / 255.0 / length, within(1e-9));
  }

  @Test
  void shouldSayWhatIsMissing() throws Exception {
    TestStream stream = TestStream.create(broker, "nothing", 1);

    assertThat(job(stream, 10).compute(_ -> {})).isEmpty();
    try (AugmenterService service =
        stream.service(AugmenterProcess.options().statistics(StatisticsSource.DATASET))) {
      assertThatThrownBy(service::start)
          .isInstanceOf(AugmenterFailedException.class)
          .hasMessage(
              "Cannot augment: topic nothing.statistics holds no statistics; run millrace stats first");
    }
  }

  private static StatisticsJob job(TestStream stream, long images) {
    return new StatisticsJob(
        stream.topics(), broker.kafka(), ImageLimits.DEFAULT, 64, images, InstantSource.system());
  }

  private static byte[] picture(long sequence) {
    return TestImages.jpeg(90, 80, (int) sequence);
  }

  private static void publish(TestStream stream) {
    try (KafkaProducer<String, SpecificRecord> producer =
        broker.producer(stream.topics().images(Split.TRAIN))) {
      for (int s = 0; s < IMAGES; s++) {
        var _ =
            producer.send(
                new ProducerRecord<>(
                    stream.topics().images(Split.TRAIN).name(),
                    s % stream.partitions(),
                    "image-" + s,
                    TestImages.image(Split.TRAIN, 0, s, picture(s))));
      }
    }
  }
}
