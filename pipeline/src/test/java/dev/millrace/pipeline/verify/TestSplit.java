package dev.millrace.pipeline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.Arrays;

/**
 * A split of two partitions as a verifier reads it, and what it finds. The images are ten an epoch:
 * five a partition, and their end.
 */
final class TestSplit {
  private static final int PARTITIONS = 2;
  static final int IMAGES = 10;
  private static final long ALL = Long.MAX_VALUE;

  private final Findings findings = new Findings();
  private SplitLedger ledger = ledger(ALL);

  // Offsets behind the last tensor or image of each partition.
  private final long[] tensorsOffset = new long[PARTITIONS];
  private final long[] imagesOffset = new long[PARTITIONS];

  private SplitLedger ledger(long committed) {
    return new SplitLedger(new Topics("test"), Split.TRAIN, PARTITIONS, _ -> committed, findings);
  }

  SplitLedger ledger() {
    return ledger;
  }

  Findings findings() {
    return findings;
  }

  /** The counts of the only epoch, as reported now. */
  EpochCounts only() {
    return only(ledger.report());
  }

  /** The counts of the only epoch of a report. */
  static EpochCounts only(SplitReport report) {
    assertThat(report.epochs()).hasSize(1);
    return report.epochs().getFirst().total();
  }

  /** Begins anew where the augmenters have committed up to an offset. */
  void open(long committed) {
    ledger = ledger(committed);
  }

  void tensor(int epoch, long sequence) {
    int p = (int) (sequence % PARTITIONS);
    ledger.partition(p).tensor(tensorsOffset[p]++, epoch, sequence);
  }

  void image(int epoch, long sequence) {
    int p = (int) (sequence % PARTITIONS);
    ledger.partition(p).image(imagesOffset[p]++, epoch, sequence);
  }

  void letter(int epoch, long sequence) {
    ledger.of(sequence).letter("test.dead-letters-0@7", epoch, sequence);
  }

  void tensorsEnd(int epoch) {
    for (int p = 0; p < PARTITIONS; p++) {
      ledger.tensorsEnd(p, tensorsOffset[p]++, epoch, IMAGES);
    }
  }

  void imagesEnd(int epoch) {
    for (int p = 0; p < PARTITIONS; p++) {
      ledger.imagesEnd(p, imagesOffset[p]++, epoch, IMAGES);
    }
  }

  /** An epoch of tensors and its end. */
  void tensors(int epoch, long... without) {
    for (long s = 0; s < IMAGES; s++) {
      if (!contains(without, s)) {
        tensor(epoch, s);
      }
    }
    tensorsEnd(epoch);
  }

  /** An epoch of images and its end. */
  void images(int epoch, long... without) {
    for (long s = 0; s < IMAGES; s++) {
      if (!contains(without, s)) {
        image(epoch, s);
      }
    }
    imagesEnd(epoch);
  }

  private static boolean contains(long[] numbers, long number) {
    return Arrays.stream(numbers).anyMatch(n -> n == number);
  }

  /** There is one finding, and it has these words. */
  void finds(String... words) {
    assertThat(findings.first()).as("findings").hasSize(1);
    assertThat(findings.first().getFirst()).contains(words);
  }

  void findsNothing() {
    assertThat(findings.first()).as("findings").isEmpty();
  }
}
