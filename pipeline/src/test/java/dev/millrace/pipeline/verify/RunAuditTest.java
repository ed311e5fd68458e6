package dev.millrace.pipeline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.ImageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three epochs of ten images in two partitions; sequence 4 of each never became a tensor. */
class RunAuditTest {
  private static final int PARTITIONS = 2;
  private static final int IMAGES = 10;
  private static final int EPOCHS = 3;
  private static final int LEFT_OUT = 4;

  private final Findings findings = new Findings();
  private final SplitLedger ledger =
      new SplitLedger(new Topics("test"), Split.TRAIN, PARTITIONS, _ -> Long.MAX_VALUE, findings);

  @BeforeEach
  void fill() {
    long[] offsets = new long[PARTITIONS];
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (int sequence = 0; sequence < IMAGES; sequence++) {
        int p = sequence % PARTITIONS;
        if (sequence == LEFT_OUT) {
          ledger.of(sequence).letter("test.dead-letters-0@" + epoch, epoch, sequence);
        } else {
          ledger.partition(p).tensor(offsets[p]++, epoch, sequence);
        }
      }
      for (int p = 0; p < PARTITIONS; p++) {
        ledger.tensorsEnd(p, offsets[p]++, epoch, IMAGES);
      }
    }
  }

  /** What a trainer has seen, and the checkpoint that it writes of it. */
  private static final class Weights {
    private long trained;
    private long missing;
    private long digest;

    Weights see(int epoch, int from, int to) {
      for (int sequence = from; sequence < to; sequence++) {
        if (sequence == LEFT_OUT) {
          missing++;
        } else {
          trained++;
          digest += ImageDigest.of(epoch, sequence);
        }
      }
      return this;
    }

    CheckpointManifest checkpoint(long step, int nextEpoch, long nextSequence) {
      Map<String, String> state = new HashMap<>();
      state.put("images", Long.toString(trained));
      state.put("missing", Long.toString(missing));
      state.put("first_epoch", "0");
      state.put("first_sequence", "0");
      state.put("image_digest", Long.toUnsignedString(digest, 16));
      return manifest(step, nextEpoch, nextSequence, state);
    }
  }

  private static CheckpointManifest manifest(
      long step, int nextEpoch, long nextSequence, Map<String, String> state) {
    return new CheckpointManifest(
        "run",
        "model",
        step,
        nextEpoch,
        nextSequence,
        1L,
        "group",
        Map.of(),
        "classes",
        1L,
        state,
        Map.of(),
        "safetensors",
        1L,
        "00",
        1,
        0L,
        Instant.EPOCH);
  }

  private RunReport audit(CheckpointManifest... manifests) {
    Optional<RunReport> report =
        new RunAudit(ledger, EPOCHS * IMAGES, findings).of(List.of(manifests));
    assertThat(report).isPresent();
    return report.orElseThrow();
  }

  @Test
  void shouldFindNothingWhereWeightsAndPositionGoTogether() {
    Weights weights = new Weights();

    RunReport report =
        audit(
            weights.see(0, 0, 7).checkpoint(1, 0, 7),
            weights.see(0, 7, 10).see(1, 0, 3).checkpoint(2, 1, 3));

    assertThat(findings.first()).isEmpty();
    assertThat(report.checkpoints()).isEqualTo(2);
    assertThat(report.step()).isEqualTo(2);
    assertThat(report.published()).isEqualTo(30);
    assertThat(report.images().trained()).isEqualTo(12);
    assertThat(report.deadLetters()).isEqualTo(1);
    assertThat(report.waiting()).isEqualTo(17);
    assertThat(report.lost() + report.twice()).isZero();
  }

  @Test
  void shouldTellImagesThatAreLostWhenDataGoesOnAndWeightsGoBack() {
    CheckpointManifest back = new Weights().see(0, 0, 5).checkpoint(5, 1, 8);

    RunReport report = audit(back);

    assertThat(report.lost()).isEqualTo(13);
    assertThat(findings.first())
        .containsExactly(
            "Lost in training: the checkpoint of step 5 of run run goes on at sequence 8 of epoch 1,"
                + " but its weights have not seen 13 images before that");
  }

  @Test
  void shouldTellImagesThatAreTrainedOnTwiceAfterARestore() {
    CheckpointManifest twice = new Weights().see(0, 0, 6).see(0, 4, 8).checkpoint(3, 0, 8);

    RunReport report = audit(twice);

    assertThat(report.twice()).isEqualTo(2);
    assertThat(findings.first())
        .singleElement()
        .asString()
        .startsWith("Trained on twice: the checkpoint of step 3 of run run goes on at sequence 8");
  }

  @Test
  void shouldTellWhenAsManyImagesWereSeenButNotTheSameOnes() {
    CheckpointManifest other = new Weights().see(0, 0, 6).see(0, 5, 7).checkpoint(3, 0, 8);

    audit(other);

    assertThat(findings.first())
        .singleElement()
        .asString()
        .startsWith("Not the same images: the checkpoint of step 3 of run run has seen as many");
  }

  @Test
  void shouldNotJudgeByDigestsWhereAnOpenTransactionMayHideDeadLetters() {
    ledger.unsettled();

    audit(new Weights().see(0, 0, 6).see(0, 5, 7).checkpoint(3, 0, 8));

    assertThat(findings.first()).isEmpty();
  }

  @Test
  void shouldCheckEveryCheckpointNotOnlyTheNewest() {
    Weights weights = new Weights();

    audit(weights.see(0, 0, 5).checkpoint(1, 0, 6), weights.see(0, 5, 8).checkpoint(2, 0, 8));

    assertThat(findings.count()).isEqualTo(1);
  }

  @Test
  void shouldSayNothingOfCheckpointsThatDoNotTell() {
    assertThat(
            new RunAudit(ledger, EPOCHS * IMAGES, findings)
                .of(List.of(manifest(1, 0, 5, Map.of("images", "5")))))
        .isEmpty();
    assertThat(findings.first()).isEmpty();
  }
}
