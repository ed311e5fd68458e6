package dev.millrace.trainer;

import static dev.millrace.trainer.TestRuns.IMAGES;
import static dev.millrace.trainer.TestRuns.MINIBATCH;
import static dev.millrace.trainer.TestRuns.STEPS;
import static dev.millrace.trainer.TestRuns.newest;
import static dev.millrace.trainer.TestRuns.options;
import static dev.millrace.trainer.TestRuns.train;
import static dev.millrace.trainer.TestRuns.trainOneStep;
import static dev.millrace.trainer.TestRuns.trainer;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Mistake;
import dev.millrace.schemas.Mistakes;
import dev.millrace.schemas.Prediction;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trains a small network on synthetic tensors through a real broker. */
final class TrainerIT {
  @TempDir static Path directory;
  private static TestRuns runs;

  @BeforeAll
  static void startBroker() throws Exception {
    runs = new TestRuns(directory);
  }

  @AfterAll
  static void stopBroker() {
    runs.close();
  }

  @Test
  void shouldTrainEvaluateAndPublish() throws Exception {
    try (TestStream stream = runs.stream("train")) {
      TrainingSummary summary = train(stream, TestRuns.builder("first", 0).epochs(3).build());

      assertThat(summary.step()).isEqualTo(12);
      assertThat(summary.epochs()).isEqualTo(3);
      assertThat(summary.images()).isEqualTo(3 * IMAGES);
      assertThat(summary.stopped()).isFalse();
      assertThat(summary.evaluation()).isNotNull();
      assertThat(summary.checkpointStep()).isEqualTo(12);
      List<TrainingMetric> metrics = stream.metrics();
      assertThat(metrics)
          .filteredOn(m -> m.getSplit() == Split.TRAIN)
          .extracting(TrainingMetric::getStep)
          .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
      assertThat(metrics)
          .filteredOn(m -> m.getSplit() == Split.VALIDATION)
          .extracting(TrainingMetric::getStep)
          .containsExactly(4L, 8L, 12L);
      assertThat(metrics.getFirst().getValues())
          .containsKeys(
              "loss",
              "top1_error",
              "top5_error",
              "gradient_norm",
              "learning_rate",
              "images_per_second",
              "data_wait_share",
              "images",
              "step_ms_p50",
              "step_ms_p95",
              "step_ms_p99",
              "resident_bytes",
              "trained_images");
    }
  }

  @Test
  void shouldPublishWhatEveryEvaluationFindsMostWrong() throws Exception {
    try (TestStream stream = runs.stream("mistakes")) {
      TrainingSummary summary = train(stream, TestRuns.builder("one", 0).epochs(3).build());

      List<Mistakes> published = stream.mistakes();
      assertThat(published).extracting(Mistakes::getStep).containsExactly(4L, 8L, 12L);
      Mistakes newest = published.getLast();
      assertThat(newest.getRun()).isEqualTo("one");
      assertThat(newest.getEpoch()).isEqualTo(2);
      double errors = requireNonNull(summary.evaluation()).top1Error() * 10;
      assertThat(newest.getImages()).hasSize((int) Math.round(errors)).isNotEmpty();
      assertThat(newest.getImages())
          .isSortedAccordingTo(Comparator.comparingDouble(Mistake::getProbability))
          .allSatisfy(mistake -> {
            long sequence = Long.parseLong(mistake.getId().substring("image-".length()));
            ImageTensor image = TestStream.tensor(Split.VALIDATION, 0, sequence);
            assertThat(mistake.getLabel()).isEqualTo(image.getLabel());
            assertThat(mistake.getHeight()).isEqualTo(TestStream.SIZE);
            assertThat(mistake.getWidth()).isEqualTo(TestStream.SIZE);
            assertThat(mistake.getBytes()).isEqualTo(image.getBytes());
            assertThat(mistake.getPredictions())
                .hasSize(5)
                .isSortedAccordingTo(
                    Comparator.comparingDouble(Prediction::getProbability).reversed());
            assertThat(mistake.getPredictions().getFirst().getLabel())
                .isNotEqualTo(mistake.getLabel());
          });
    }
  }

  @Test
  void shouldCommitOffsetsAndDeleteTensorsWithTheCheckpoint() throws Exception {
    try (TestStream stream = runs.stream("delete")) {
      train(stream, TestRuns.builder("one", 0).epochs(2).build());

      CheckpointManifest manifest = newest(stream, "one");
      Progress progress = stream.progress("delete-trainer-one");
      assertThat(manifest.getEpoch()).isEqualTo(2);
      assertThat(manifest.getNextSequence()).isZero();
      assertThat(progress.getFinished()).isTrue();
      assertThat(progress.getAcknowledged()).isEqualTo(manifest.getOffsets());
      assertThat(progress.getPositions()).isEqualTo(manifest.getOffsets());
      assertThat(stream.beginning(stream.topics.tensors(Split.TRAIN)))
          .isEqualTo(StreamPosition.offsetsOf(manifest.getOffsets()));
      assertThat(stream.beginning(stream.topics.tensors(Split.VALIDATION)))
          .containsValues(0L, 0L, 0L);
      assertThat(
              stream
                  .admin
                  .listConsumerGroupOffsets("delete-trainer-one")
                  .partitionsToOffsetAndMetadata()
                  .get()
                  .values())
          .extracting(OffsetAndMetadata::offset)
          .containsExactlyInAnyOrderElementsOf(manifest.getOffsets().values());
    }
  }

  @Test
  void shouldKeepOnlyTheNewestCheckpoints() throws Exception {
    try (TestStream stream = runs.stream("keep")) {
      train(stream, TestRuns.builder("one", STEPS).keepCheckpoints(2).build());

      assertThat(stream.checkpoints())
          .extracting(c -> c.manifest().getStep() + " " + c.available())
          .containsExactly("2 false", "4 false", "6 false", "8 false", "10 true", "11 true");
    }
  }

  // Starts a run and stops it before its first step: from then on tensors are kept for it.
  private static void register(TestStream stream, TrainerOptions options)
      throws InterruptedException {
    Trainer[] self = new Trainer[1];
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStart(TrainingStart start) {
            self[0].requestStop();
          }
        };
    try (Trainer trainer = trainer(stream, options, listener)) {
      self[0] = trainer;
      assertThat(trainer.run().stopped()).isTrue();
    }
  }

  @Test
  void shouldKeepTensorsForTheSlowerOfTwoRuns() throws Exception {
    try (TestStream stream = runs.stream("two")) {
      register(stream, options("fast", STEPS));
      trainOneStep(stream, options("slow", STEPS));
      train(stream, options("fast", STEPS));

      CheckpointManifest slow = newest(stream, "slow");
      assertThat(slow.getStep()).isEqualTo(1);
      assertThat(stream.beginning(stream.topics.tensors(Split.TRAIN)))
          .isEqualTo(StreamPosition.offsetsOf(slow.getOffsets()));

      train(stream, options("slow", STEPS));

      assertThat(newest(stream, "slow").getSha256()).isEqualTo(newest(stream, "fast").getSha256());
      assertThat(stream.beginning(stream.topics.tensors(Split.TRAIN)))
          .isEqualTo(StreamPosition.offsetsOf(newest(stream, "fast").getOffsets()));
    }
  }

  @Test
  void shouldStopTheOlderOfTwoTrainersOfOneRun() throws Exception {
    CountDownLatch firstStep = new CountDownLatch(1);
    CountDownLatch secondDone = new CountDownLatch(1);
    TrainingListener waitsAfterItsFirstStep =
        new TrainingListener() {
          @Override
          public void onStep(StepReport step) {
            firstStep.countDown();
            try {
              assertThat(secondDone.await(2, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    try (TestStream stream = runs.stream("fence");
        ExecutorService threads = Executors.newSingleThreadExecutor();
        Trainer older = trainer(stream, options("same", STEPS), waitsAfterItsFirstStep)) {
      Future<TrainingSummary> olderRun = threads.submit(older::run);
      assertThat(firstStep.await(2, TimeUnit.MINUTES)).isTrue();
      trainOneStep(stream, options("same", STEPS));
      secondDone.countDown();

      assertThatThrownBy(olderRun::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(FencedTrainerException.class)
          .hasMessageContaining("another trainer of this run has started");
      assertThat(newest(stream, "same").getStep()).isEqualTo(1);
    }
  }

  @Test
  void shouldSendWrongTensorsToDeadLettersAndGoOn() throws Exception {
    try (TestStream stream = runs.empty("wrong")) {
      stream.end(Split.VALIDATION, 0, 0);
      stream.tensor(TestStream.tensor(Split.TRAIN, 0, 0));
      stream.tensor(TestStream.tensor(Split.TRAIN, 0, 1, 24));
      var label = TestStream.tensor(Split.TRAIN, 0, 2);
      label.setLabel(TestStream.CLASSES);
      stream.tensor(label);
      stream.tensor(TestStream.tensor(Split.TRAIN, 0, 4)); // 3 is missing
      stream.end(Split.TRAIN, 0, 5).flush();

      TrainingSummary summary = train(stream, TestRuns.builder("one", 0).epochs(1).build());

      assertThat(summary.images()).isEqualTo(2);
      assertThat(summary.missing()).isEqualTo(1);
      assertThat(summary.deadLetters()).isEqualTo(2);
      assertThat(summary.evaluation()).isNull();
      assertThat(stream.deadLetters())
          .extracting(DeadLetter::getReason)
          .satisfiesExactly(
              reason -> assertThat(reason).contains("must be 32 x 32 x 3, found 24 x 24 x 3"),
              reason ->
                  assertThat(reason)
                      .contains("label must be from 0 to 9, found 10: the network has 10 classes"));
    }
  }

  @Test
  void shouldRefuseAStreamOfTensorsOfAnotherSize() throws Exception {
    try (TestStream stream = runs.empty("another-size")) {
      for (int sequence = 0; sequence < 300; sequence++) {
        stream.tensor(TestStream.tensor(Split.TRAIN, 0, sequence, 16));
      }
      stream.flush();

      assertThatThrownBy(() -> train(stream, options("only", STEPS)))
          .isInstanceOf(BrokenStreamException.class)
          .hasMessageContaining(
              "Cannot train on topic another-size.tensors.train: 100 tensors in a row do not fit the"
                  + " network, the latest is another-size.tensors.train-0@33: must be 32 x 32 x 3,"
                  + " found 16 x 16 x 3")
          .hasMessageContaining("Start the augmenters with the trainer's --model");
      assertThat(stream.checkpoints()).isEmpty();
    }
  }

  @Test
  void shouldSayHowFarItIsWhenItWaits() throws Exception {
    try (TestStream stream = runs.stream("waits");
        Trainer trainer = trainer(stream, options("only", 1000), TrainingListener.NONE);
        ExecutorService thread = Executors.newSingleThreadExecutor()) {
      Future<TrainingSummary> training = thread.submit(trainer::run);
      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (stream.progressOf("waits-trainer-only").filter(p -> p.getStep() == 16).isEmpty()) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        assertThat(training).isNotDone();
        Thread.sleep(20);
      }
      assertThat(stream.progress("waits-trainer-only").getEpoch()).isEqualTo(4);
      trainer.requestStop();
      assertThat(training.get().step()).isEqualTo(16);
    }
  }

  @Test
  void shouldBeginBehindDeletedTensors() throws Exception {
    try (TestStream stream = runs.stream("late")) {
      train(stream, options("early", 6));

      TrainingSummary late = train(stream, TestRuns.builder("late", 0).epochs(3).build());

      assertThat(late.epochs()).isEqualTo(3);
      assertThat(late.images()).isEqualTo(3 * IMAGES - (IMAGES + 2 * MINIBATCH));
    }
  }

  @Test
  void shouldGiveUpWhenNoTensorComes() throws Exception {
    try (TestStream stream = runs.empty("stall")) {
      stream.flush();

      assertThatThrownBy(() ->
              train(stream, TestRuns.builder("one", 1).dataTimeout(Duration.ofSeconds(2)).build()))
          .isInstanceOf(StalledStreamException.class)
          .hasMessageContaining("epoch 0 sequence 0 at stall.tensors.train-0@0");
    }
  }

  @Test
  void shouldEvaluateTheNewestCheckpoint() throws Exception {
    try (TestStream stream = runs.stream("evaluate")) {
      TrainingSummary summary = train(stream, TestRuns.builder("one", 4).tenCrops(true).build());

      Evaluation evaluation =
          new CheckpointEvaluation(
                  TestRuns.builder("one", 0).tenCrops(true).build(),
                  new Feed.Tensors(),
                  stream.topics,
                  stream.kafka,
                  InstantSource.system())
              .run(() -> false);

      assertThat(evaluation).isEqualTo(summary.evaluation());
      assertThat(stream.mistakes()).hasSize(1);
      assertThat(evaluation).isEqualTo(train(stream, options("one", 4)).evaluation());
      TenCropErrors errors = requireNonNull(requireNonNull(evaluation).tenCrops());
      assertThat(errors.top1Error()).isBetween(errors.top5Error(), 1.0);
      assertThat(stream.metrics().getLast().getValues())
          .containsEntry("ten_crop_top1_error", errors.top1Error())
          .containsEntry("ten_crop_top5_error", errors.top5Error());
    }
  }

  @Test
  void shouldListCheckpoints() throws Exception {
    try (TestStream stream = runs.stream("list")) {
      train(stream, options("one", 4));

      assertThat(CheckpointList.read(stream.topics, stream.kafka))
          .extracting(c -> c.manifest().getStep() + " " + c.available())
          .containsExactly("2 true", "4 true");
    }
  }
}
