package dev.millrace.dashboard.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.dashboard.Manifests;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final long BYTES = 16 << 20;
  private static final Window ALL = new Window(Axis.STEP, Long.MIN_VALUE, Long.MAX_VALUE, 100_000);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final InstantSource clock = () -> now;
  private final History history = new History(BYTES, clock);

  @Test
  void shouldReplaceWhatIsRepeatedAfterAResume() {
    for (long step = 1; step <= 10; step++) {
      train("a", step, Map.of("loss", 1.0, "learning_rate", 0.5));
    }
    for (long step = 6; step <= 8; step++) {
      train("a", step, Map.of("loss", 2.0));
    }

    Line loss = line("a", "loss");
    assertThat(loss.step()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(loss.value()).containsExactly(1, 1, 1, 1, 1, 2, 2, 2);
    assertThat(line("a", "learning_rate").step()).containsExactly(1, 2, 3, 4, 5);
    assertThat(history.records("a", Split.TRAIN)).isEqualTo(13);
  }

  @Test
  void shouldReplaceAStepThatIsToldAgain() {
    train("a", 5, Map.of("loss", 1.0));
    train("a", 5, Map.of("loss", 3.0));

    assertThat(line("a", "loss").value()).containsExactly(3);
  }

  @Test
  void shouldKeepTheSplitsApart() {
    train("a", 5, Map.of("loss", 1.0));
    validate("a", 4, Map.of("loss", 2.0));

    assertThat(line("a", "loss").value()).containsExactly(1);
    assertThat(history.line("a", Split.VALIDATION, "loss", ALL).orElseThrow().value())
        .containsExactly(2);
  }

  @Test
  void shouldGiveThePartThatIsAskedFor() {
    for (long step = 1; step <= 100; step++) {
      now = now.plusSeconds(1);
      train("a", step, Map.of("loss", 1.0 / step));
    }

    Window steps = new Window(Axis.STEP, 20, 30, 1000);
    assertThat(history.line("a", Split.TRAIN, "loss", steps).orElseThrow().step())
        .containsExactly(LongStream.rangeClosed(20, 30).toArray());
    Window times = new Window(Axis.TIME, now.toEpochMilli() - 2000, now.toEpochMilli(), 1000);
    assertThat(history.line("a", Split.TRAIN, "loss", times).orElseThrow().step())
        .containsExactly(98, 99, 100);
    assertThat(history.line("a", Split.TRAIN, "loss", new Window(Axis.STEP, 1, 100, 10)))
        .hasValueSatisfying(line -> assertThat(line.step()).hasSize(10));
  }

  @Test
  void shouldStayWithinItsBytesAndKeepTheNewestPointsWhole() {
    for (long step = 1; step <= 1_200_000; step++) {
      train(
          step % 3 == 0 ? "a" : "b",
          step,
          Map.of("loss", 1.0 / step, "top1_error", step % 128 / 128.0));
      if (step % 1000 == 0) {
        assertThat(history.bytes()).isLessThanOrEqualTo(BYTES);
      }
    }

    assertThat(history.bytes()).isGreaterThan(BYTES * 3 / 4);
    Line all = line("a", "loss");
    Line newest =
        history
            .line("a", Split.TRAIN, "loss", new Window(Axis.STEP, 1_170_001, 1_200_000, 100_000))
            .orElseThrow();
    assertThat(all.step()[0]).isEqualTo(3);
    assertThat(newest.step()).hasSize(10_000);
    assertThat(
            history.detail("a").orElseThrow().bytesHeld()
                + history.detail("b").orElseThrow().bytesHeld())
        .isEqualTo(history.bytes());
  }

  @Test
  void shouldForgetTheRunThatWasHeardOfLongestAgo() {
    for (int run = 0; run < 100; run++) {
      now = now.plusSeconds(1);
      train("run" + run, 1, Map.of("loss", 1.0));
    }
    now = now.plusSeconds(1);
    train("run0", 2, Map.of("loss", 1.0));
    train("another", 1, Map.of("loss", 1.0));

    assertThat(history.runs()).extracting(RunView::name).hasSize(100);
    assertThat(history.runs()).extracting(RunView::name).contains("run0", "another");
    assertThat(history.detail("run1")).isEmpty();
    assertThat(history.bytes())
        .isEqualTo(
            history.runs().stream()
                .mapToLong(run -> history.detail(run.name()).orElseThrow().bytesHeld())
                .sum());
  }

  @Test
  void shouldKeepFiftyValuesOfASplitAndNoNamesButPlainOnes() {
    Map<String, Double> values = new TreeMap<>();
    for (int i = 0; i < 60; i++) {
      values.put("value_%02d".formatted(i), 1.0);
    }
    values.put("<script>", 1.0);

    train("a", 1, values);

    assertThat(history.detail("a").orElseThrow().values().get("train"))
        .hasSize(50)
        .doesNotContain("<script>");
  }

  @Test
  void shouldRefuseARunWithoutANameOrWithATooLongOne() {
    assertThatThrownBy(() -> train("", 1, Map.of()))
        .hasMessage("a run's name must have 1 to 200 characters, found 0");
    assertThatThrownBy(() -> train("x".repeat(201), 1, Map.of()))
        .hasMessage("a run's name must have 1 to 200 characters, found 201");
  }

  @Test
  void shouldTellWhatARunDoes() {
    progress("a", 0, false);
    assertThat(run("a").state()).isEqualTo(RunState.STARTING);

    train("a", 1, Map.of("loss", 2.5, "images_per_second", 640.0, "data_wait_share", 0.25));
    assertThat(run("a"))
        .isEqualTo(
            new RunView(
                "a",
                null,
                RunState.TRAINING,
                1,
                0,
                now.toEpochMilli(),
                now.toEpochMilli(),
                128L,
                640.0,
                0.25,
                null,
                null,
                null,
                2.5,
                null,
                ""));

    history.metric(
        new TrainingMetric("a", 2L, 0, Split.TRAIN, now, Map.of("loss", Double.NaN), "waits"));
    assertThat(run("a").state()).isEqualTo(RunState.WAITING);
    assertThat(run("a").verdict()).isEqualTo("waits");
    assertThat(run("a").lossNow()).isNull();

    now = now.plusSeconds(31);
    assertThat(run("a").state()).isEqualTo(RunState.SILENT);

    progress("a", 2, true);
    assertThat(run("a").state()).isEqualTo(RunState.FINISHED);
  }

  @Test
  void shouldTellTheLowestErrorsThatStand() {
    validate("a", 10, Map.of("top1_error", 0.5, "top5_error", 0.2));
    validate("a", 20, Map.of("top1_error", 0.3, "top5_error", 0.25));
    validate("a", 30, Map.of("top1_error", 0.4, "top5_error", 0.3));
    assertThat(run("a").bestTop1Error()).isEqualTo(0.3);
    assertThat(run("a").bestTop1Step()).isEqualTo(20);
    assertThat(run("a").bestTop5Error()).isEqualTo(0.2);

    validate("a", 20, Map.of("top1_error", 0.45, "top5_error", 0.25)); // resumed before it
    assertThat(run("a").bestTop1Error()).isEqualTo(0.45);
  }

  @Test
  void shouldMarkWhereTheLearningRateFell() {
    double[] rates = {0.01, 0.01, 0.001, 0.001, 0.0001};
    for (int i = 0; i < rates.length; i++) {
      train("a", i + 1, Map.of("learning_rate", rates[i]));
    }
    assertThat(history.detail("a").orElseThrow().drops())
        .extracting(RateDrop::step)
        .containsExactly(3L, 5L);

    train("a", 3, Map.of("learning_rate", 0.01)); // resumed with another schedule
    assertThat(history.detail("a").orElseThrow().drops()).isEmpty();
  }

  @Test
  void shouldTellACheckpointsErrorsAndWhetherItsBytesAreThere() {
    validate("a", 10, Map.of("top1_error", 0.5, "top5_error", 0.2));
    validate("a", 30, Map.of("top1_error", 0.4, "top5_error", 0.1));
    checkpoint("a", 5, 0);
    checkpoint("a", 20, 7);
    checkpoint("b", 30, 12);
    checkpoint("a", 30, 15);
    history.chunksFrom(7);

    List<CheckpointView> checkpoints = history.checkpoints("a");

    assertThat(checkpoints).extracting(CheckpointView::step).containsExactly(30L, 20L, 5L);
    assertThat(checkpoints).extracting(CheckpointView::top1Error).containsExactly(0.4, 0.5, null);
    assertThat(checkpoints).extracting(CheckpointView::kept).containsExactly(true, true, false);
    assertThat(history.checkpoints(null)).hasSize(4);
    assertThat(run("a").model()).isEqualTo("alexnet");
  }

  @Test
  void shouldKeepTheNewestThousandCheckpoints() {
    for (long step = 1; step <= 1001; step++) {
      checkpoint("a", step, step);
    }

    assertThat(history.checkpoints("a")).hasSize(1000).last().matches(view -> view.step() == 2);
  }

  @Test
  void shouldCountAllDeadLettersAndKeepTheNewest() {
    history.classes(
        new ClassList("id", List.of(new LabeledClass(3, "n01440764", "tench, <b>Tinca</b>")), now));
    for (long offset = 0; offset < 10_010; offset++) {
      history.deadLetter(offset, letter("image" + offset, "decode", "y".repeat(2000)));
    }
    history.deadLetter(10_010, letter("again", Topics.REPLAY_STAGE, ""));

    assertThat(history.deadLettersTotal()).isEqualTo(10_010);
    assertThat(history.deadLettersKept()).isEqualTo(10_000);
    List<LetterView> newest = history.deadLetters(2, Long.MAX_VALUE);
    assertThat(newest).extracting(LetterView::offset).containsExactly(10_009L, 10_008L);
    assertThat(newest.getFirst().className()).isEqualTo("tench, <b>Tinca</b>");
    assertThat(newest.getFirst().reason()).hasSize(500).endsWith("…");
    assertThat(history.deadLetters(5, 12)).extracting(LetterView::offset).containsExactly(11L, 10L);
  }

  private RunView run(String name) {
    return history.runs().stream().filter(run -> run.name().equals(name)).findFirst().orElseThrow();
  }

  private Line line(String run, String value) {
    return history.line(run, Split.TRAIN, value, ALL).orElseThrow();
  }

  private void train(String run, long step, Map<String, Double> values) {
    history.metric(new TrainingMetric(run, step, 0, Split.TRAIN, now, values, ""));
  }

  private void validate(String run, long step, Map<String, Double> values) {
    history.metric(new TrainingMetric(run, step, 0, Split.VALIDATION, now, values, ""));
  }

  private void progress(String run, long step, boolean finished) {
    history.progress(
        Progress.newBuilder()
            .setGroup("g-" + run)
            .setRun(run)
            .setTopic("t")
            .setFinished(finished)
            .setStep(step)
            .setEpoch(0)
            .setNextSequence(0)
            .setImages(128)
            .setPositions(Map.of())
            .setAcknowledged(Map.of())
            .setTime(now)
            .build());
  }

  private void checkpoint(String run, long step, long firstChunk) {
    history.checkpoint(Manifests.of(run, step, firstChunk, now));
  }

  private DeadLetter letter(String id, String stage, String reason) {
    return DeadLetter.newBuilder()
        .setId(id)
        .setLabel(3)
        .setSplit(Split.TRAIN)
        .setEpoch(0)
        .setSequence(1)
        .setSource("/data/" + id)
        .setStage(stage)
        .setReason(reason)
        .setTopic("")
        .setPartition(-1)
        .setOffset(-1)
        .setFailedAt(now)
        .setSize(5)
        .setBytes(ByteBuffer.allocate(5))
        .build();
  }
}
