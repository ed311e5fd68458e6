package dev.millrace.trainer;

import static dev.millrace.trainer.TestRuns.STEPS;
import static dev.millrace.trainer.TestRuns.newest;
import static dev.millrace.trainer.TestRuns.options;
import static dev.millrace.trainer.TestRuns.train;
import static dev.millrace.trainer.TestRuns.trainOneStep;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.DatasetStatistics;
import dev.millrace.schemas.Statistics;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.model.Activation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goes on with runs that were stopped or killed, through a real broker. */
final class TrainerResumeIT {
  @TempDir static Path directory;
  private static TestRuns runs;
  private static String undisturbed = ""; // SHA-256 of the weights of a run that nothing disturbs

  @BeforeAll
  static void trainUndisturbed() throws Exception {
    runs = new TestRuns(directory);
    try (TestStream stream = runs.stream("undisturbed")) {
      train(stream, options("only", STEPS));
      undisturbed = newest(stream, "only").getSha256();
    }
  }

  @AfterAll
  static void stopBroker() {
    runs.close();
  }

  @Test
  void shouldResumeBitForBitAfterEachStepInTurn() throws Exception {
    try (TestStream stream = runs.stream("resume")) {
      TrainingSummary summary;
      int starts = 0;
      do {
        summary = trainOneStep(stream, options("stopped", STEPS));
        starts++;
      } while (summary.stopped() && starts < 3 * STEPS);

      assertThat(summary.step()).isEqualTo(STEPS);
      assertThat(starts).isGreaterThanOrEqualTo(STEPS);
      assertThat(newest(stream, "stopped").getState())
          .containsEntry("ended_images", Integer.toString(2 * TestRuns.IMAGES));
      assertThat(newest(stream, "stopped").getSha256()).isEqualTo(undisturbed);
    }
  }

  @Test
  void shouldHaveTheSameWeightsHoweverManyThreadsFetchAndResumeSo() throws Exception {
    try (TestStream stream = runs.stream("fetch")) {
      TrainingSummary summary;
      int starts = 0;
      do {
        starts++;
        summary =
            trainOneStep(stream, TestRuns.builder("parallel", STEPS).fetchThreads(starts).build());
      } while (summary.stopped() && starts < 3);
      train(stream, TestRuns.builder("parallel", STEPS).fetchThreads(2).build());

      assertThat(newest(stream, "parallel").getSha256()).isEqualTo(undisturbed);
    }
  }

  @Test
  void shouldResumeBitForBitWhenKilled() throws Exception {
    Random steps = new Random(7);
    try (TestStream stream = runs.stream("kill")) {
      long begin = 0;
      for (int kill = 0; kill < 4; kill++) {
        try (TrainerProcess process = new TrainerProcess(stream, "killed", STEPS)) {
          process.killAtStep(Math.min(STEPS, begin + 1 + steps.nextInt(4)));
        }
        begin =
            stream.checkpoints().stream().mapToLong(c -> c.manifest().getStep()).max().orElse(0);
      }
      try (TrainerProcess process = new TrainerProcess(stream, "killed", STEPS)) {
        assertThat(process.reachesGoal()).isTrue();
      }

      assertThat(newest(stream, "killed").getSha256()).isEqualTo(undisturbed);
    }
  }

  @Test
  void shouldSaySoWhenTheGoalWasReachedBefore() throws Exception {
    try (TestStream stream = runs.stream("again")) {
      train(stream, options("one", 4));

      TrainingSummary again = train(stream, options("one", 4));
      TrainingSummary further = train(stream, options("one", 6));

      assertThat(again.finishedBefore()).isTrue();
      assertThat(again.step()).isEqualTo(4);
      assertThat(further.finishedBefore()).isFalse();
      assertThat(further.step()).isEqualTo(6);
    }
  }

  @Test
  void shouldNameTheStatisticsInEveryCheckpointAndSubtractTheirMean() throws Exception {
    try (TestStream stream = runs.stream("statistics")) {
      TrainerOptions.Builder dataset =
          TestRuns.builder("other", 2).statistics(StatisticsSource.DATASET);
      assertThatThrownBy(() -> train(stream, dataset.build()))
          .isInstanceOf(ResumeException.class)
          .hasMessageContaining("statistics.statistics holds no statistics; run millrace stats");
      train(stream, options("one", 2));
      String id = publishStatistics(stream, 0.3);
      train(stream, dataset.build());

      assertThat(newest(stream, "one").getState()).containsEntry("statistics", "published");
      assertThat(newest(stream, "other").getState()).containsEntry("statistics", id);
      assertThat(newest(stream, "other").getSha256())
          .isNotEqualTo(newest(stream, "one").getSha256());
      String later = publishStatistics(stream, 0.4);
      assertThatThrownBy(() -> train(stream, dataset.steps(4).build()))
          .isInstanceOf(ResumeException.class)
          .hasMessageContaining("statistics was %s there and is %s now".formatted(id, later));
    }
  }

  private static String publishStatistics(TestStream stream, double mean) throws Exception {
    List<Double> three = List.of(mean, mean, mean);
    DatasetStatistics statistics =
        Statistics.of(1, three, three, three, List.of(three, three, three), Instant.EPOCH);
    try (KafkaProducer<String, DatasetStatistics> producer =
        new KafkaProducer<>(
            stream.kafka,
            new StringSerializer(),
            stream.topics.statistics().serde().serializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  stream.topics.statistics().name(), Topics.STATISTICS_KEY, statistics))
          .get();
    }
    return statistics.getId();
  }

  @Test
  void shouldRefuseToResumeWithOtherSettings() throws Exception {
    try (TestStream stream = runs.stream("refuse")) {
      train(stream, options("one", 2));

      assertThatThrownBy(() ->
              train(
                  stream,
                  TestRuns.builder("one", 4)
                      .seed(2)
                      .minibatchSize(4)
                      .activation(Activation.TANH)
                      .build()))
          .isInstanceOf(ResumeException.class)
          .hasMessageContaining("activation was relu there and is tanh now")
          .hasMessageContaining("seed was 1 there and is 2 now")
          .hasMessageContaining("minibatch-size was 8 there and is 4 now")
          .hasMessageContaining("another run name");
    }
  }

  @Test
  void shouldGoOnWhenTheClassListHasGrownAtItsEnd() throws Exception {
    try (TestStream stream = runs.stream("growth")) {
      train(stream, TestRuns.builder("wide", 2).classes(12).build());
      train(stream, options("narrow", 2));
      stream.classes(TestStream.CLASSES + 2);

      TrainingSummary wide = train(stream, TestRuns.builder("wide", 4).classes(12).build());
      assertThat(wide.step()).isEqualTo(4);
      try (CheckpointArchive archive = new CheckpointArchive(stream.topics, stream.kafka)) {
        CheckpointManifest before = archive.find("wide", CheckpointChoice.parse("2"));
        assertThat(archive.contents(before).model().allNames()).endsWith("class10", "class11");
      }
      assertThatThrownBy(() -> train(stream, options("narrow", 4)))
          .isInstanceOf(ResumeException.class)
          .hasMessageContaining("classes was 10 there and is 12 now");
      TrainingSummary narrow = train(stream, TestRuns.builder("narrow", 4).classes(10).build());
      assertThat(narrow.step()).isEqualTo(4);

      stream.classes(TestStream.CLASSES - 1);
      assertThatThrownBy(() -> train(stream, TestRuns.builder("wide", 6).classes(12).build()))
          .isInstanceOf(ResumeException.class)
          .hasMessageContaining("class list was");
    }
  }

  @Test
  void shouldFallBackToTheCheckpointBeforeADamagedOne() throws Exception {
    try (TestStream stream = runs.stream("damage")) {
      train(stream, options("one", 4));
      CheckpointManifest good = newest(stream, "one");
      stream.checkpoint(damaged(good));

      TrainingSummary summary = train(stream, options("one", 6));

      assertThat(summary.step()).isEqualTo(6);
      assertThat(newest(stream, "one").getStep()).isEqualTo(6);
    }
  }

  // A manifest with another SHA-256, as if the bytes of the chunks had changed.
  private static CheckpointManifest damaged(CheckpointManifest good) {
    return CheckpointManifest.newBuilder(good).setSha256("0".repeat(64)).build();
  }
}
