package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.pipeline.verify.RunReport;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import dev.millrace.trainer.StepReport;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.flow.Shortage;
import dev.millrace.trainer.flow.Verdict;
import dev.millrace.trainer.model.Device;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a run's metrics say of the stream: epochs of 48 training images, of which one is none and
 * one is empty, so that it has no image of its own in the topic.
 */
@Timeout(120)
class FlowIT {
  private static final int IMAGES = 48;
  private static final int BROKEN = 2;
  private static final int MINIBATCH = 4;

  @TempDir private static Path folder;
  private static DrawnStream stream;

  @BeforeAll
  static void start() throws Exception {
    Map<String, String> instead =
        Map.of("train/circle/0000.jpg", "no image", "train/ring/0002.jpg", "");
    stream = DrawnStream.open(folder, 4, 1, instead, 64 << 20);
  }

  @AfterAll
  static void stop() throws IOException {
    stream.close();
  }

  private static AugmenterOptions augmenting() {
    return AugmenterOptions.builder()
        .resize(32)
        .crop(32)
        .commitInterval(Duration.ofMillis(100))
        .build();
  }

  private static AugmenterService augmenter(Topics topics) throws InterruptedException {
    AugmenterService augmenter = new AugmenterService(augmenting(), topics, stream.kafka());
    augmenter.start();
    return augmenter;
  }

  private static TrainerOptions options(int epochs) {
    return TrainerOptions.builder()
        .run("flow")
        .model("cifar10-quick")
        .device(Device.CPU)
        .threads(1)
        .epochs(epochs)
        .minibatchSize(MINIBATCH)
        .checkpointSteps(5)
        .evaluation(false)
        .dataTimeout(Duration.ofSeconds(60))
        .build();
  }

  /** Takes its time over each step, and keeps the verdicts. */
  private static final class SlowListener implements TrainingListener {
    private final ConcurrentLinkedQueue<Shortage> verdicts = new ConcurrentLinkedQueue<>();
    private volatile boolean slow = true;

    @Override
    public void onStep(StepReport step) {
      try {
        Thread.sleep(slow ? 100 : 0);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void onVerdict(Verdict verdict) {
      verdicts.add(verdict.shortage());
    }
  }

  /** The metrics topic as it grows. */
  private static final class Metrics implements AutoCloseable {
    private final KafkaConsumer<String, TrainingMetric> consumer;
    private final List<TrainingMetric> all = new ArrayList<>();

    Metrics(Topics topics) {
      Map<String, Object> properties = new HashMap<>(stream.kafka());
      properties.put("enable.auto.commit", false);
      this.consumer =
          new KafkaConsumer<>(
              properties, new StringDeserializer(), topics.metrics().serde().deserializer());
      List<TopicPartition> partition = List.of(new TopicPartition(topics.metrics().name(), 0));
      consumer.assign(partition);
      consumer.seekToBeginning(partition);
    }

    /** The first record from now on that is such. */
    TrainingMetric await(Predicate<TrainingMetric> such) {
      while (true) { // the test's time limit ends this
        TrainingMetric found = null;
        for (ConsumerRecord<String, TrainingMetric> record : consumer.poll(Duration.ofMillis(50))) {
          all.add(record.value());
          found = found == null && such.test(record.value()) ? record.value() : found;
        }
        if (found != null) {
          return found;
        }
      }
    }

    @Override
    public void close() {
      consumer.close();
    }
  }

  private static void assertAudited(TrainingMetric last, Topics topics, int epochs)
      throws Exception {
    Verification verified = new Verifier(topics, stream.kafka(), (topic, records) -> {}).run();
    assertThat(verified.findings()).isEmpty();
    RunReport run = verified.runs().getFirst();
    assertThat(run.deadLetters()).isEqualTo((long) epochs * BROKEN);
    assertThat(value(last, "trained_images")).isEqualTo((double) run.images().trained());
    assertThat(value(last, "dead_letter_images")).isEqualTo((double) run.deadLetters());
    assertThat(value(last, "waiting_images")).isEqualTo((double) run.waiting()).isZero();
    assertThat(value(last, "lost_images")).isEqualTo((double) run.lost()).isZero();
    assertThat(value(last, "doubled_images")).isEqualTo((double) run.twice()).isZero();
  }

  private static boolean says(TrainingMetric metric, String words) {
    return metric.getVerdict().contains(words);
  }

  private static double value(TrainingMetric metric, String name) {
    return metric.getValues().getOrDefault(name, Double.NaN);
  }

  // Published and then taken back: readers of committed records never see it.
  private static void takeBack(Topics topics) {
    Map<String, Object> properties = new HashMap<>(stream.kafka());
    properties.put("transactional.id", "taken-back");
    try (KafkaProducer<String, byte[]> producer =
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (int i = 0; i < 20; i++) {
        for (var topic : List.of(topics.images(Split.TRAIN), topics.tensors(Split.TRAIN))) {
          var _ =
              producer.send(
                  new ProducerRecord<>(
                      topic.name(), i % DrawnStream.PARTITIONS, "", new byte[100]));
        }
      }
      producer.flush();
      producer.abortTransaction();
    }
  }

  @Test
  void shouldTellWhatIsShortAndHowManyImagesWaitAndWhatBecameOfThePassed() throws Exception {
    Topics topics = stream.topics("flow");
    int epochs = 16;
    SlowListener listener = new SlowListener();
    try (ExecutorService executor = Executors.newSingleThreadExecutor();
        Metrics metrics = new Metrics(topics);
        Trainer trainer =
            new Trainer(
                options(epochs), topics, stream.kafka(), InstantSource.system(), listener)) {
      Future<TrainingSummary> training = executor.submit(trainer::run);
      TrainingMetric starved;
      try (AugmenterService _ = augmenter(topics)) {
        stream.produce(topics, 2);
        starved = metrics.await(m -> m.getStep() == 24 && says(m, "images come too slowly"));
      }
      assertThat(starved.getVerdict()).contains("the augmenters wait for the producer");
      assertThat(value(starved, "trainer_lag_images")).isZero();
      assertThat(value(starved, "augmenter_lag_images")).isZero();
      assertThat(value(starved, "augmenter_threads")).isPositive();
      assertThat(value(starved, "short_augmenters")).isZero();

      stream.produce(topics, 3); // what was done before is deleted meanwhile
      takeBack(topics);
      // The empty image never reached the topic; the broken one has still to be found out.
      TrainingMetric unaugmented =
          metrics.await(m ->
              says(m, "no augmenter runs")
                  && value(m, "augmenter_lag_images") == IMAGES - 1); // all is published
      assertThat(value(unaugmented, "augmenter_threads")).isZero();
      assertThat(value(unaugmented, "short_augmenters")).isEqualTo(1);
      assertThat(value(unaugmented, "trainer_lag_images")).isZero();
      assertThat(value(unaugmented, "waiting_images")).isEqualTo(IMAGES - 1);
      assertThat(value(unaugmented, "trained_images")).isEqualTo(2 * (IMAGES - BROKEN));
      assertThat(value(unaugmented, "waiting_since_seconds")).isPositive();

      try (AugmenterService _ = augmenter(topics)) {
        stream.produce(topics, epochs);
        TrainingMetric fed =
            metrics.await(m -> m.getStep() > 24 && value(m, "waiting_since_seconds") == 0);
        assertThat(fed.getVerdict()).isEmpty();
        listener.slow = false;
        assertThat(training.get().stopped()).isFalse();
      }
      metrics.await(m -> m.getStep() == training.resultNow().step());
      assertAudited(metrics.all.getLast(), topics, epochs);
      assertThat(listener.verdicts).isNotEmpty().doesNotContain(Shortage.READING);
    }
  }

  @Test
  void shouldTellTheSameOfARunThatAugmentsByItself() throws Exception {
    Topics topics = stream.topics("flow-colocated");
    int epochs = 2;
    stream.produce(topics, epochs);
    try (Metrics metrics = new Metrics(topics);
        Trainer trainer =
            new Trainer(
                options(epochs),
                ColocatedFeed.of(OptionalInt.of(1), augmenting(), topics, stream.kafka()),
                topics,
                stream.kafka(),
                InstantSource.system(),
                new SlowListener())) {
      long steps = trainer.run().step();
      metrics.await(m -> m.getStep() == steps);
      TrainingMetric looked =
          metrics.all.stream()
              .filter(m -> m.getValues().containsKey("waiting_images"))
              .findFirst()
              .orElseThrow();
      assertThat(looked.getValues())
          .doesNotContainKeys("augmenter_lag_images", "augmenter_threads");
      // Of those ahead, the images found to be broken by then are known.
      assertThat(value(looked, "trainer_lag_images") + value(looked, "trained_images"))
          .isBetween((double) epochs * (IMAGES - BROKEN), (double) epochs * (IMAGES - 1));
      assertAudited(metrics.all.getLast(), topics, epochs);
    }
  }
}
