package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.verify.Verification;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.Feed;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.model.Device;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An images topic that is a store: it is augmented, trained from, audited, and stays whole. */
@Timeout(120)
class ArchiveIT {
  private static final int EPOCHS = 2;
  private static final int IMAGES = EPOCHS * 48 + 12;

  @TempDir private Path folder;

  @Test
  void shouldServeOneReaderAfterAnotherAndReconcile() throws Exception {
    try (DrawnStream stream = DrawnStream.open(folder, 4, 1, Map.of(), 64 << 20)) {
      Topics topics = stream.topics("archive", new ImageRetention.Forever());
      assertThat(stream.produce(topics, EPOCHS)).isEqualTo(IMAGES);
      try (AugmenterService augmenter =
          new AugmenterService(augmenting(), topics, stream.kafka())) {
        augmenter.start();
        awaitTensors(stream, topics);
      }
      deleteTensors(stream, topics);
      // Each reads from the first image on, and keeps to deleting none.
      for (String run : List.of("first", "second")) {
        assertThat(train(stream, topics, run).images()).isEqualTo(EPOCHS * 48L);
      }

      Verification verification = verify(stream, topics);
      assertThat(verification.findings()).isEmpty();
      assertThat(verification.total().published()).isEqualTo(IMAGES);
      assertThat(verification.total().lost()).isZero();
      assertThat(verification.total().waiting()).isZero();
      assertThat(offsets(stream, topics.images(Split.TRAIN), OffsetSpec.earliest()).values())
          .containsOnly(0L);
      try (MillraceProcess list =
          MillraceProcess.start(
              folder,
              "topics",
              "--prefix",
              topics.prefix(),
              "--bootstrap-servers",
              stream.servers())) {
        assertThat(list.exitCode()).as(list.output()).isEqualTo(ExitCode.OK);
        assertThat(list.output()).containsPattern("archive.images.train .* forever");
      }
    }
  }

  private static AugmenterOptions augmenting() {
    return AugmenterOptions.builder()
        .resize(32)
        .crop(32)
        .commitInterval(Duration.ofMillis(100))
        .build();
  }

  private static TrainingSummary train(DrawnStream stream, Topics topics, String run)
      throws Exception {
    TrainerOptions options =
        TrainerOptions.builder()
            .run(run)
            .model("cifar10-quick")
            .device(Device.CPU)
            .threads(1)
            .epochs(EPOCHS)
            .minibatchSize(8)
            .checkpointSteps(2)
            .evaluation(false)
            .dataTimeout(Duration.ofSeconds(60))
            .build();
    Feed feed = ColocatedFeed.of(OptionalInt.of(1), augmenting(), topics, stream.kafka());
    try (Trainer trainer =
        new Trainer(
            options, feed, topics, stream.kafka(), InstantSource.system(), TrainingListener.NONE)) {
      return trainer.run();
    }
  }

  private static Verification verify(DrawnStream stream, Topics topics) throws Exception {
    return new Verifier(topics, stream.kafka(), (_, _) -> {}).run();
  }

  private static void awaitTensors(DrawnStream stream, Topics topics) throws Exception {
    while (verify(stream, topics).total().tensors() < IMAGES) {
      Thread.sleep(50); // the test's time limit ends this
    }
  }

  // As trainers do with what their checkpoints cover.
  private static void deleteTensors(DrawnStream stream, Topics topics) throws Exception {
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    offsets(stream, topics.tensors(Split.TRAIN), OffsetSpec.latest())
        .forEach((partition, end) -> all.put(partition, RecordsToDelete.beforeOffset(end)));
    try (Admin admin = Admin.create(stream.kafka())) {
      admin.deleteRecords(all).all().get();
    }
  }

  private static Map<TopicPartition, Long> offsets(
      DrawnStream stream, Topic<?> topic, OffsetSpec which)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (int p = 0; p < DrawnStream.PARTITIONS; p++) {
      wanted.put(new TopicPartition(topic.name(), p), which);
    }
    Map<TopicPartition, Long> offsets = new HashMap<>();
    try (Admin admin = Admin.create(stream.kafka())) {
      admin
          .listOffsets(wanted)
          .all()
          .get()
          .forEach((partition, found) -> offsets.put(partition, found.offset()));
    }
    return offsets;
  }
}
