package dev.millrace.dashboard.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final String AUGMENTERS_ARE_SHORT =
      "training waits 31% of the time for tensors since 14:02:05; 2 more augmenter threads would end it";
  private static final String IMAGES_ARE_SHORT =
      "training waits 8% of the time for tensors since 14:02:05; images come too slowly: the augmenters wait for the producer";

  private final List<Run> runs = new ArrayList<>();
  private final List<String> colocated = new ArrayList<>();
  private final Map<String, Long> toTrain = new HashMap<>();
  private long toAugment;
  private int augmenters = 1;
  private boolean held;
  private @Nullable String heldFor;
  private boolean published = true;

  private void run(
      String name, Duration silent, boolean finished, @Nullable Double share, String verdict) {
    Instant at = NOW.minus(silent);
    Map<String, Double> values = Map.of("images", 128.0, "step_ms_p50", 100.0);
    runs.add(
        new Run(
            name,
            Progress.newBuilder()
                .setGroup("g")
                .setRun(name)
                .setTopic("t")
                .setFinished(finished)
                .setStep(1)
                .setEpoch(0)
                .setNextSequence(0)
                .setImages(0)
                .setPositions(Map.of())
                .setAcknowledged(Map.of())
                .setTime(at)
                .build(),
            new TrainingMetric(name, 1L, 0, Split.TRAIN, at, values, verdict),
            null,
            share));
  }

  private Diagnosis diagnosis() {
    return Diagnosis.of(
        new Diagnosis.Situation(
            runs,
            colocated,
            toAugment,
            run -> toTrain.getOrDefault(run, 0L),
            augmenters,
            held,
            heldFor,
            published),
        NOW.toEpochMilli());
  }

  private void assertSaid(Bottleneck bottleneck, String sentence, @Nullable Double share) {
    assertThat(diagnosis()).isEqualTo(new Diagnosis(bottleneck, sentence, share));
  }

  @Test
  void shouldRepeatTheTrainersVerdict() {
    run("first", Duration.ofSeconds(1), false, 0.5, AUGMENTERS_ARE_SHORT);

    assertSaid(Bottleneck.AUGMENTERS, "T" + AUGMENTERS_ARE_SHORT.substring(1), 0.31);
  }

  @Test
  void shouldNameTheRunThatAugmentersHoldBackFor() {
    run("first", Duration.ofSeconds(1), false, 0.5, AUGMENTERS_ARE_SHORT);
    run("gone", Duration.ofMinutes(15), false, null, "");
    held = true;
    heldFor = "gone";

    assertSaid(
        Bottleneck.TRAINER,
        "Training waits 31% of the time for tensors; augmenters hold back for run gone, which has"
            + " said nothing for 15 minutes",
        0.31);
  }

  @Test
  void shouldSpeakOfTheRunThatWaitsMost() {
    run("first", Duration.ofSeconds(1), false, 0.01, "");
    run("second", Duration.ofSeconds(1), false, 0.08, IMAGES_ARE_SHORT);

    assertSaid(Bottleneck.PRODUCER, "Run second: " + IMAGES_ARE_SHORT, 0.08);
  }

  @Test
  void shouldSayThatTrainingWaitsBeforeThereIsAVerdict() {
    run("first", Duration.ZERO, false, 0.42, "");

    assertSaid(Bottleneck.UNKNOWN, "Training waits 42% of the time for data", 0.42);
  }

  @Test
  void shouldSayThatTheTrainerSetsThePaceWhereAugmentersHoldBack() {
    run("first", Duration.ZERO, false, 0.0, "");
    held = true;

    assertSaid(Bottleneck.TRAINER, "The trainer sets the pace; augmenters hold back", 0.0);
  }

  @Test
  void shouldSayThatTheTrainerSetsThePaceWhereTensorsWaitForIt() {
    run("first", Duration.ZERO, false, 0.0, "");
    toTrain.put("first", 4321L);

    assertSaid(Bottleneck.TRAINER, "The trainer sets the pace; 4,321 tensors wait for it", 0.0);

    colocated.add("first");
    held = true; // somebody else's augmenters
    assertSaid(Bottleneck.TRAINER, "The trainer sets the pace; 4,321 images wait for it", 0.0);
  }

  @Test
  void shouldBlameNobodyWhereNobodyWaits() {
    run("first", Duration.ZERO, false, 0.02, "");
    toTrain.put("first", 4 * 128L);

    assertSaid(Bottleneck.NONE, "Training does not wait for data, and little waits for it", 0.02);
  }

  @Test
  void shouldSayWhenATrainerFellSilent() {
    run("first", Duration.ofSeconds(16), false, 0.31, AUGMENTERS_ARE_SHORT);

    assertSaid(Bottleneck.UNKNOWN, "Run first has said nothing for 16 seconds", null);

    toTrain.put("first", 1L);
    assertSaid(
        Bottleneck.TRAINER,
        "Run first has said nothing for 16 seconds; 1 tensor waits for it",
        null);
  }

  @Test
  void shouldKnowWhenNoRunTrains() {
    run("first", Duration.ofHours(3), true, 0.0, "");
    toAugment = 1000;

    assertSaid(Bottleneck.NONE, "Every run has finished", null);

    augmenters = 0;
    runs.clear();
    assertSaid(
        Bottleneck.AUGMENTERS, "No run has begun; 1,000 images wait, but no augmenter runs", null);

    published = false;
    assertSaid(Bottleneck.NONE, "No image has been published, and no run begun", null);
  }
}
