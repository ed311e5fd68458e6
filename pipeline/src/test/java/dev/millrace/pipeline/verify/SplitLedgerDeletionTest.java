package dev.millrace.pipeline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Records that were deleted before they could be looked at. */
class SplitLedgerDeletionTest {
  private final TestSplit split = new TestSplit();

  @Test
  void shouldNotCheckWhatWasDeleted() {
    split.ledger().partition(0).beginTensors(20);
    split.ledger().partition(1).beginTensors(22);
    split.tensor(3, 4);
    split.tensor(3, 6);
    split.tensor(3, 8);
    split.tensor(3, 9);
    split.tensorsEnd(3);
    split.letter(1, 5);
    split.letter(3, 2);

    SplitReport report = split.ledger().report();

    split.findsNothing();
    assertThat(report.epochs()).hasSize(2);
    EpochRow deleted = report.epochs().getFirst();
    assertThat(deleted.first()).isZero();
    assertThat(deleted.last()).isEqualTo(2);
    assertThat(deleted.total()).isEqualTo(new EpochCounts(30, 0, 0, 1, 29, 0, 0, 0));
    assertThat(report.epochs().getLast().total())
        .isEqualTo(new EpochCounts(10, 4, 0, 1, 5, 0, 0, 0));
  }

  @Test
  void shouldKnowTheSizeOfAReplayThatWasDeleted() {
    split.ledger().partition(0).beginTensors(20);
    split.ledger().partition(1).beginTensors(20);
    for (int s = 0; s < 10; s++) {
      split.tensor(3, s);
    }
    split.tensorsEnd(3);
    split.ledger().replayed(1);
    split.ledger().replayed(1);
    split.ledger().replayed(1);

    SplitReport report = split.ledger().report();

    split.findsNothing();
    // Epochs 0 and 2 are as large as epoch 3.
    assertThat(report.epochs().getFirst().total())
        .isEqualTo(new EpochCounts(10 + 3 + 10, 0, 0, 0, 23, 0, 0, 0));
  }

  @Test
  void shouldNotKnowTheSizeOfDeletedEpochsWithoutAnyEnd() {
    split.ledger().partition(0).beginTensors(20);
    split.ledger().partition(1).beginTensors(20);
    split.tensor(2, 0);
    split.tensor(2, 1);

    SplitReport report = split.ledger().report();

    split.findsNothing();
    assertThat(report.epochs().getFirst().sizeKnown()).isFalse();
    assertThat(report.epochs().getFirst().last()).isEqualTo(1);
    assertThat(report.epochs().getLast().sizeKnown()).isTrue();
  }

  @Test
  void shouldGoOnBehindADeletionWhileItReads() {
    split.ledger().partition(0).beginTensors(0);
    split.tensor(0, 0);
    split.ledger().partition(0).beginTensors(3);
    split.tensor(0, 6);
    split.tensor(0, 1);
    split.tensor(0, 3);

    assertThat(split.only()).isEqualTo(new EpochCounts(6, 4, 0, 0, 2, 0, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldTakeTensorsThatWereAllDeleted() {
    split.ledger().partition(0).beginTensors(100);
    split.ledger().partition(1).beginTensors(100);
    split.ledger().partition(0).beginImages(90);
    split.ledger().partition(1).beginImages(90);
    split.imagesEnd(4);

    assertThat(split.only()).isEqualTo(new EpochCounts(50, 0, 0, 0, 50, 0, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldTellImagesThatWaitFromTensorsThatWereDeleted() {
    split.open(93);
    split.ledger().partition(0).beginTensors(100);
    split.ledger().partition(0).beginImages(92);
    split.ledger().partition(0).image(92, 4, 2);
    split.ledger().partition(0).image(93, 4, 4);

    SplitReport report = split.ledger().report();

    split.findsNothing();
    assertThat(report.epochs().getLast().total())
        .isEqualTo(new EpochCounts(3, 0, 0, 0, 2, 1, 0, 0));
  }

  @Test
  void shouldFindWhatIsLostAmongDeletedImages() {
    split.open(5);
    split.tensor(0, 0);
    split.tensor(0, 2);
    split.ledger().partition(0).beginImages(4); // sequences 4 and 6 are deleted
    split.ledger().partition(0).image(4, 0, 8);
    split.letter(0, 6);
    split.letter(0, 8);

    assertThat(split.only()).isEqualTo(new EpochCounts(5, 2, 0, 2, 0, 0, 1, 0));
    split.finds("Lost: sequence 4 of epoch 0");
  }

  @Test
  void shouldNotMissImagesThatWereAugmentedAndDeletedSinceItBegan() {
    split.open(2);
    split.tensor(0, 0);
    split.tensor(0, 2);
    split.ledger().partition(0).beginImages(4);
    split.ledger().partition(0).image(4, 0, 8);

    assertThat(split.only()).isEqualTo(new EpochCounts(5, 2, 0, 0, 0, 3, 0, 0));
    split.findsNothing();
  }
}
