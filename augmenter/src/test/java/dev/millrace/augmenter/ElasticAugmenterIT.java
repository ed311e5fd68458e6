package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * However many augmenters there are, and however they come and go within an epoch: every byte of
 * the tensors topic is the same.
 */
@Timeout(300)
class ElasticAugmenterIT {
  private static final int PARTITIONS = 7;
  private static final int IMAGES = 2100;
  private static final int EPOCHS = 2;

  @TempDir private static Path directory;
  private static TestBroker broker;
  private static List<List<String>> undisturbed;

  private final Deque<Process> processes = new ArrayDeque<>();

  /** Publishes the same images to another prefix, and collects what readers see. */
  private static final class Run implements AutoCloseable {
    private final TestStream stream;
    private final Consumer<String, SpecificRecord> reader;
    private final List<List<String>> seen = new ArrayList<>();
    private int records;
    private int published;

    Run(String prefix) throws Exception {
      stream = TestStream.create(broker, prefix, PARTITIONS);
      reader = broker.reader(stream.topics().tensors(Split.TRAIN), PARTITIONS);
      for (int p = 0; p < PARTITIONS; p++) {
        seen.add(new ArrayList<>());
      }
    }

    /** Publishes so many images more, and the epochs' ends where they belong. */
    void publish(int images) {
      try (KafkaProducer<String, SpecificRecord> producer =
          broker.producer(stream.topics().images(Split.TRAIN))) {
        for (int end = published + images; published < end; published++) {
          int epoch = published / IMAGES;
          int sequence = published % IMAGES;
          if (sequence == 0 && epoch > 0) {
            stream.publishEnd(Split.TRAIN, epoch - 1, IMAGES);
          }
          byte[] bytes = TestImages.jpeg(80 + sequence % 31, 75 + sequence % 17, sequence);
          var _ =
              producer.send(
                  new ProducerRecord<>(
                      stream.topics().images(Split.TRAIN).name(),
                      sequence % PARTITIONS,
                      "image-" + sequence,
                      TestImages.image(Split.TRAIN, epoch, sequence, bytes)));
        }
      }
      if (published == EPOCHS * IMAGES) {
        stream.publishEnd(Split.TRAIN, EPOCHS - 1, IMAGES);
      }
    }

    void await(int count) throws Exception {
      TestBroker.await(
          count + " records",
          () -> {
            reader.poll(Duration.ofMillis(20)).forEach(this::add);
            return records >= count;
          });
    }

    void awaitAll() throws Exception {
      await(EPOCHS * (IMAGES + PARTITIONS));
    }

    private void add(ConsumerRecord<String, SpecificRecord> record) {
      records++;
      seen.get(record.partition())
          .add(
              switch (record.value()) {
                case ImageTensor tensor -> record.key() + " " + hash(tensor);
                case EpochEnd end -> "end of " + end.getEpoch();
                default -> throw new AssertionError("Not a tensor: " + record.value());
              });
    }

    @Override
    public void close() {
      reader.close();
    }
  }

  // All but the time of day at which it was made.
  private static String hash(ImageTensor tensor) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      ImageTensor timeless =
          ImageTensor.newBuilder(tensor)
              .setAugmentedAt(TestImages.PUBLISHED)
              .setBytes(ByteBuffer.allocate(0))
              .build();
      digest.update(timeless.toString().getBytes(StandardCharsets.UTF_8));
      digest.update(tensor.getBytes().duplicate());
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeAll
  static void start() throws Exception {
    broker = new TestBroker(directory.resolve("broker"));
    try (Run run = new Run("undisturbed");
        AugmenterService service = run.stream.service(AugmenterProcess.options().threads(1))) {
      run.publish(EPOCHS * IMAGES);
      service.start();
      run.awaitAll();
      undisturbed = run.seen;
    }
    assertThat(undisturbed.getFirst()).doesNotHaveDuplicates();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @AfterEach
  void killAll() throws InterruptedException {
    for (Process process : processes) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldMakeTheSameBytesWhileProcessesComeAndAreKilled() throws Exception {
    try (Run run = new Run("processes")) {
      run.publish(500);
      begin("processes", 1);
      run.await(300);
      begin("processes", 1); // 2
      run.publish(500);
      run.await(700);
      killOldest(); // 1
      run.publish(700);
      run.await(1200);
      for (int i = 0; i < 6; i++) {
        begin("processes", 1); // 7
      }
      run.publish(1000);
      run.await(2000);
      killOldest();
      killOldest(); // 5
      run.publish(EPOCHS * IMAGES - 2700);
      run.await(3000);
      killOldest();
      killOldest();
      killOldest(); // 2
      run.awaitAll();

      assertThat(run.seen).isEqualTo(undisturbed);
    }
  }

  @Test
  void shouldMakeTheSameBytesOnAnyNumberOfThreads() throws Exception {
    try (Run run = new Run("threads")) {
      int done = 0;
      for (int threads : new int[] {7, 2, 5}) {
        run.publish(EPOCHS * IMAGES / 3);
        done += EPOCHS * IMAGES / 3;
        try (AugmenterService service =
            run.stream.service(AugmenterProcess.options().threads(threads))) {
          service.start();
          run.await(done - IMAGES / 3);
        }
      }
      try (AugmenterService service = run.stream.service(AugmenterProcess.options().threads(2))) {
        service.start();
        run.awaitAll();
      }

      assertThat(run.seen).isEqualTo(undisturbed);
    }
  }

  private void begin(String prefix, int threads) throws IOException {
    Path log = directory.resolve(prefix + ".log");
    processes.add(AugmenterProcess.start(broker, prefix, "", threads, log));
  }

  private void killOldest() throws InterruptedException {
    processes.removeFirst().destroyForcibly().waitFor();
  }
}
