package dev.millrace.trainer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T14:02:05Z");
  private static final int MINIBATCH = 128;
  private static final int PARTITIONS = 8;

  private static Situation situation(
      double share, long inOrder, long toAugment, int threads, boolean colocated) {
    return new Situation(
        share,
        1_000,
        MINIBATCH,
        inOrder,
        toAugment,
        colocated ? OptionalInt.empty() : OptionalInt.of(threads),
        PARTITIONS,
        colocated);
  }

  private static Verdict verdict(double share, long inOrder, long toAugment, int threads) {
    return Verdict.on(situation(share, inOrder, toAugment, threads, false), BEGIN, Verdict.NONE);
  }

  private static String sentence(Verdict verdict) {
    return verdict.sentence(ZoneOffset.UTC);
  }

  @ParameterizedTest
  @CsvSource({
    // share, tensors in order, images to augment, threads: who is short
    "0.02, 0, 9000, 2, NONE",
    "0.03, 0, 9000, 2, AUGMENTERS",
    "0.03, 2000, 9000, 2, AUGMENTERS", // may have come at once, for two seconds of training
    "0.03, 2001, 9000, 2, READING",
    "0.5, 0, 2000, 2, PRODUCERS", // may be under way: two seconds of them
    "0.5, 0, 2001, 2, AUGMENTERS",
    "1, 0, 1, 0, AUGMENTERS", // nobody has them under way
    "1, 0, 0, 0, PRODUCERS"
  })
  void shouldTellWhichPartIsShort(
      double share, long inOrder, long toAugment, int threads, Shortage expected) {
    assertThat(verdict(share, inOrder, toAugment, threads).shortage()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"0, PRODUCERS", "2000, PRODUCERS", "2001, AUGMENT_THREADS"})
  void shouldBlameTheThreadsThatAugmentWhereTheTrainerDoes(long inOrder, Shortage expected) {
    assertThat(situation(0.5, inOrder, 0, 0, true).shortage()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0.31, 2, 1, true", // 2 / 0.69 = 2.9
    "0.5, 2, 2, true",
    "0.51, 2, 3, true",
    "0.75, 2, 6, true",
    "0.76, 2, 6, false", // 9 threads, and 8 partitions
    "1, 3, 5, false",
    "0.1, 8, 0, false",
    "1, 0, 1, true"
  })
  void shouldTellHowManyThreadsAreWanting(double share, int threads, int more, boolean enough) {
    Verdict verdict = verdict(share, 0, 9_000, threads);

    assertThat(verdict.moreThreads()).isEqualTo(more);
    assertThat(verdict.enough()).isEqualTo(enough);
  }

  @Test
  void shouldSayInASentenceWhatIsShort() {
    assertThat(sentence(verdict(0.31, 0, 9_000, 3)))
        .isEqualTo(
            "training waits 31% of the time for tensors since 14:02:05; 2 more augmenter threads would end it");
    assertThat(sentence(verdict(0.9, 0, 9_000, 7)))
        .endsWith("; 1 more augmenter thread would help, and 8 partitions allow no more");
    assertThat(sentence(verdict(0.1, 0, 9_000, 8)))
        .contains("each of the 8 partitions has its augmenter thread");
    assertThat(sentence(verdict(1, 0, 9_000, 0))).endsWith("images wait, but no augmenter runs");
    assertThat(sentence(verdict(0.5, 0, 0, 2)))
        .endsWith("images come too slowly: the augmenters wait for the producer");
    assertThat(sentence(verdict(0.5, 9_000, 0, 2))).contains("--fetch-threads");
    assertThat(sentence(verdict(0, 0, 0, 2))).isEmpty();
  }

  @Test
  void shouldNotTakeWhatIsReadAheadForABacklogWhereTrainingIsSlow() {
    OptionalInt threads = OptionalInt.of(2);
    assertThat(new Situation(0.5, 1, 8, 32, 99, threads, 4, false).shortage())
        .isEqualTo(Shortage.AUGMENTERS);
    assertThat(new Situation(0.5, 1, 8, 33, 99, threads, 4, false).shortage())
        .isEqualTo(Shortage.READING);
    assertThat(new Situation(0.5, 1, 8, 0, 8, threads, 4, false).shortage())
        .isEqualTo(Shortage.PRODUCERS);
    assertThat(new Situation(0.5, 1, 8, 0, 9, threads, 4, false).shortage())
        .isEqualTo(Shortage.AUGMENTERS);
  }

  @Test
  void shouldKeepTheTimeAtWhichTheWaitingBegan() {
    Verdict first = verdict(0.31, 0, 9_000, 2);
    Verdict other = Verdict.on(situation(0.9, 0, 0, 2, false), BEGIN.plusSeconds(7), first);
    Verdict over = Verdict.on(situation(0, 0, 0, 2, false), BEGIN.plusSeconds(9), other);

    assertThat(first.since()).isEqualTo(BEGIN);
    assertThat(other.shortage()).isEqualTo(Shortage.PRODUCERS);
    assertThat(other.since()).isEqualTo(BEGIN);
    assertThat(over.since()).isNull();
  }

  @Test
  void shouldBeNewsWhenAnotherPartIsShortButNotWhenTheShareChanges() {
    Verdict one = verdict(0.31, 0, 9_000, 2);

    assertThat(one.isLike(verdict(0.3, 0, 9_000, 2))).isTrue();
    assertThat(one.isLike(verdict(0.31, 0, 0, 2))).isFalse();
    assertThat(one.isLike(verdict(0.6, 0, 9_000, 2))).isFalse(); // more threads
    assertThat(one.isLike(Verdict.NONE)).isFalse();
  }
}
