package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.StepReport;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.model.Device;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A slow trainer reads many times as much as the disk may hold. */
@Timeout(180)
class BoundedDiskIT {
  private static final int MIB = 1 << 20;
  private static final int PARTITIONS = 1;
  private static final int SIDE = 32;
  private static final int IMAGES = 1000;
  private static final int EPOCHS = 36;

  private static final int AHEAD = 3 * MIB;
  private static final int UNSAVED = 2 * MIB;

  // What may be ahead and what may be in no checkpoint yet; for each partition a segment that is
  // written to, one that is not all done with, and one that is about to be deleted; and the trainer
  // reads on for some tenths of a second while a checkpoint is written and segments are deleted.
  private static final long BOUND = AHEAD + UNSAVED + PARTITIONS * 3 * MIB + 2 * MIB;

  // Of images the same, twice as many as may be ahead because of their records' other fields.
  private static final int IMAGES_AHEAD = MIB;
  private static final long IMAGES_BOUND = 2 * IMAGES_AHEAD + PARTITIONS * 3 * MIB + MIB;

  @TempDir private Path folder;

  @Test
  void shouldHoldNoMoreThanTheBoundsAlthoughTenTimesAsMuchPasses() throws Exception {
    long passing = (long) EPOCHS * IMAGES * SIDE * SIDE * Pixels.CHANNELS;
    assertThat(passing).isGreaterThan(10 * BOUND);
    Path images = images();
    assertThat(EPOCHS * bytes(images, ".jpg")).isGreaterThan(3 * IMAGES_BOUND);
    Path topicsFolder = folder.resolve("broker");
    Map<String, String> eager =
        Map.of("log.retention.check.interval.ms", "100", "log.initial.task.delay.ms", "100");
    try (EmbeddedBroker broker = EmbeddedBroker.start(topicsFolder, "127.0.0.1", 0, eager);
        Dataset dataset = Dataset.open(images, 0, 1)) {
      Map<String, Object> kafka = Map.of("bootstrap.servers", broker.bootstrapServers());
      Topics topics = topics(kafka);
      AtomicLong most = new AtomicLong();
      AtomicLong mostImages = new AtomicLong();
      TrainingListener slow =
          new TrainingListener() {
            @Override
            public void onStep(StepReport step) {
              most.accumulateAndGet(
                  bytes(topicsFolder, topics.tensors(Split.TRAIN).name() + "-"), Math::max);
              mostImages.accumulateAndGet(
                  bytes(topicsFolder, topics.images(Split.TRAIN).name() + "-"), Math::max);
              sleep();
            }
          };
      try (AugmenterService augmenter = new AugmenterService(augmenter(), topics, kafka);
          Trainer trainer = new Trainer(trainer(), topics, kafka, InstantSource.system(), slow)) {
        augmenter.start();
        ImageProducer producer =
            new ImageProducer(
                new ProducerOptions(1, EPOCHS, MIB, IMAGES_AHEAD),
                topics,
                kafka,
                dataset,
                InstantSource.system());
        TrainingSummary summary;
        try (Publishing _ = new Publishing(producer, _ -> trainer.requestStop())) {
          summary = trainer.run();
        }

        assertThat(summary.images()).isEqualTo((long) EPOCHS * IMAGES);
        assertThat(summary.missing()).isZero();
        assertThat(summary.deadLetters()).isZero();
        assertThat(most.get()).isBetween((long) MIB, BOUND);
        assertThat(mostImages.get()).isBetween((long) MIB, IMAGES_BOUND);
      }
    }
  }

  private static void sleep() {
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Files that wait to be deleted are on the disk, too.
  private static long bytes(Path folder, String part) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().contains(part))
          .filter(file -> !file.toString().contains("index"))
          .filter(file -> Files.isRegularFile(file))
          .mapToLong(BoundedDiskIT::size)
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (UncheckedIOException e) {
      return 0; // a folder went away meanwhile; the next step looks again
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path images() throws IOException {
    Path data = folder.resolve("images");
    for (int i = 0; i < IMAGES; i++) {
      byte[] rgb = new byte[SIDE * SIDE * Pixels.CHANNELS];
      for (int k = 0; k < rgb.length; k++) {
        rgb[k] = (byte) (i * 31 + k / 40 * (i % 5));
      }
      Path of = Files.createDirectories(data.resolve("class-" + i % 2));
      Files.write(of.resolve(i + ".jpg"), JpegEncoder.encode(new Pixels(SIDE, SIDE, rgb), 90));
    }
    return data;
  }

  private static Topics topics(Map<String, Object> kafka) throws Exception {
    Topics topics = new Topics("bounded");
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(PARTITIONS, (short) 1, MIB));
      Collection<AlterConfigOp> small =
          List.of(set("segment.bytes", Integer.toString(MIB)), set("file.delete.delay.ms", "100"));
      Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
      for (Topic<?> topic : List.of(topics.tensors(Split.TRAIN), topics.images(Split.TRAIN))) {
        changes.put(new ConfigResource(ConfigResource.Type.TOPIC, topic.name()), small);
      }
      admin.incrementalAlterConfigs(changes).all().get();
    }
    return topics;
  }

  private static AlterConfigOp set(String name, String value) {
    return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
  }

  private static AugmenterOptions augmenter() {
    return AugmenterOptions.builder()
        .resize(SIDE)
        .crop(SIDE)
        .threads(1)
        .commitInterval(Duration.ofMillis(100))
        .maxAheadBytes(AHEAD)
        .build();
  }

  private static TrainerOptions trainer() {
    return TrainerOptions.builder()
        .model("cifar10-quick")
        .epochs(EPOCHS)
        .minibatchSize(64)
        .device(Device.CPU)
        .threads(1)
        .evaluation(false)
        .checkpointBytes(UNSAVED)
        .build();
  }
}
