package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.DatasetOptions;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.producer.dataset.Location;
import dev.millrace.producer.dataset.Tars;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives that are read as streams, through to the topics. */
@Timeout(120)
class StreamedProducerIT {
  private static final ProducerOptions HELD = new ProducerOptions(1, 2, 1 << 20, 1 << 20);

  @TempDir private static Path directory;
  private static TestBroker broker;

  @TempDir private Path data;
  private TestStream stream;

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory.resolve("broker"));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void prepare(TestInfo test) throws Exception {
    stream = TestStream.create(broker, test);
    for (int i = 0; i < 6; i++) {
      byte[] tar = Tars.shard(i, 30, 4, 20_000);
      Files.write(data.resolve(i + ".tar.gz"), i % 2 == 0 ? Tars.gzip(tar) : Tars.zstd(tar));
    }
  }

  private Dataset open() throws Exception {
    return Dataset.open(
        new Location.Local(data), new DatasetOptions(0.1, 1, 1 << 20, null), new LongAdder());
  }

  @Test
  void shouldGoOnInTheMiddleOfAnEpoch() throws Exception {
    int runs = 0;
    boolean done = false;
    try (ImageReader train = stream.reader(Split.TRAIN)) {
      while (!done) {
        int before = train.acknowledge().images().size();
        try (Dataset dataset = open()) {
          ImageProducer producer = stream.producer(HELD, dataset);
          CompletableFuture<ProducerSummary> run = TestStream.runAside(producer);
          TestBroker.await(
              "some more images", () -> train.poll().images().size() > before + 20 || run.isDone());
          producer.close();
          run.get(10, TimeUnit.SECONDS);
        }
        runs++;
        done = train.pollAll().epochEnds() == 2 * TestStream.PARTITIONS;
      }

      assertThat(runs).isGreaterThan(4);
      try (Dataset dataset = open()) {
        assertThat(train.seen()).isEqualTo(TestStream.expected(dataset, Split.TRAIN, 2, Set.of()));
        Map<String, ByteBuffer> contents = contents(dataset);
        for (Image image : train.images()) {
          assertThat(image.getBytes()).isEqualTo(contents.get(image.getId()));
        }
      }
    }
  }

  private static Map<String, ByteBuffer> contents(Dataset dataset) throws IOException {
    Map<String, ByteBuffer> contents = new HashMap<>();
    for (int i = 0; i < dataset.size(Split.TRAIN); i++) {
      LabeledImage image = dataset.image(Split.TRAIN, i);
      contents.put(image.id(), ByteBuffer.wrap(image.read(1 << 20)));
    }
    return contents;
  }

  @Test
  void shouldStopAtAnArchiveThatIsGone() throws Exception {
    try (Dataset dataset = open();
        ImageProducer producer = stream.producer(HELD, dataset)) {
      Files.delete(data.resolve("3.tar.gz"));

      assertThatThrownBy(producer::run)
          .isInstanceOf(PublishException.class)
          .hasMessageContainingAll(
              "Cannot read on in the archive " + data.resolve("3.tar.gz") + ": it is gone",
              "The same command");
      assertThat(stream.deadLetters()).isEmpty();
    }
  }
}
