package dev.millrace.pipeline.verify;

import static dev.millrace.pipeline.verify.TestSplit.IMAGES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What became of each image, and what waits or is lost. */
class SplitLedgerTest {
  private final TestSplit split = new TestSplit();

  @Test
  void shouldFindNothingWrongWhereAllBecameTensors() {
    split.tensors(0);
    split.tensors(1);
    split.images(0);
    split.images(1);

    List<EpochRow> epochs = split.ledger().report().epochs();

    split.findsNothing();
    assertThat(epochs).hasSize(2);
    assertThat(epochs.getFirst().total()).isEqualTo(new EpochCounts(10, 10, 0, 0, 0, 0, 0, 0));
    assertThat(epochs.getFirst().partitions())
        .containsExactly(
            new EpochCounts(5, 5, 0, 0, 0, 0, 0, 0), new EpochCounts(5, 5, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void shouldCountWhatTrainersAugmentedByThemselvesUpToTheirCheckpoint() {
    split.open(0);
    split.ledger().colocated(new Colocated(1, 5, false));
    split.ledger().partition(0).beginImages(6); // an epoch's five images and its end were deleted
    split.ledger().partition(1).beginImages(6);
    split.images(1);
    split.letter(0, 3);
    split.letter(1, 4);
    split.letter(1, 7);

    List<EpochRow> epochs = split.ledger().report().epochs();

    assertThat(epochs.get(0).total()).isEqualTo(new EpochCounts(10, 0, 9, 1, 0, 0, 0, 0));
    assertThat(epochs.get(1).total()).isEqualTo(new EpochCounts(10, 0, 4, 2, 0, 4, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldTakeADeadLetterOfEachOfSeveralReaders() {
    split.open(0);
    split.ledger().colocated(new Colocated(1, 0, true));
    split.images(0);
    split.letter(0, 3);
    split.letter(0, 3);

    assertThat(split.only()).isEqualTo(new EpochCounts(10, 0, 9, 1, 0, 0, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldCountDeadLettersOfProducerAndAugmenter() {
    split.tensors(0, 3, 6, 9);
    split.images(0, 3); // this one its producer could not read
    split.letter(0, 3);
    split.letter(0, 6);
    split.letter(0, 9);

    assertThat(split.only()).isEqualTo(new EpochCounts(10, 7, 0, 3, 0, 0, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldFindWhatIsLostBetweenTensors() {
    split.tensors(0, 5);

    assertThat(split.only()).isEqualTo(new EpochCounts(10, 9, 0, 0, 0, 0, 1, 0));
    split.finds("Lost: sequence 5 of epoch 0", "test.tensors.train-1");
  }

  @Test
  void shouldTellManyLostOnEndInOneLine() {
    split.tensors(0, 2, 4, 6);

    assertThat(split.only().lost()).isEqualTo(3);
    split.finds("Lost: 3 sequences from 2 to 6 (those of partition 0) of epoch 0");
  }

  @Test
  void shouldFindWhatIsLostBehindTheLastTensor() {
    split.open(3);
    for (long s = 0; s < 4; s++) {
      split.tensor(0, s);
      split.image(0, s);
    }
    split.image(0, 4); // offset 2: the augmenters have done with it
    split.image(0, 6); // offset 3: they have not
    split.image(0, 8);

    assertThat(split.only()).isEqualTo(new EpochCounts(7, 4, 0, 0, 0, 2, 1, 0));
    split.finds("Lost: sequence 4 of epoch 0", "its image in test.images.train-0 was augmented");
  }

  @Test
  void shouldFindWhatWasNeverPublished() {
    split.open(0);
    split.images(0, 4);

    assertThat(split.only()).isEqualTo(new EpochCounts(10, 0, 0, 0, 0, 9, 1, 0));
    split.finds("Lost: sequence 4 of epoch 0", "no image in test.images.train-0");
  }

  @Test
  void shouldLetImagesWait() {
    split.open(0);
    split.images(0, 4);
    split.letter(0, 4);

    assertThat(split.only()).isEqualTo(new EpochCounts(10, 0, 0, 1, 0, 9, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldCountAnUnfinishedEpochAsFarAsItIs() {
    split.tensor(0, 0);
    split.tensor(0, 1);
    split.tensor(0, 2);

    assertThat(split.only()).isEqualTo(new EpochCounts(3, 3, 0, 0, 0, 0, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldTakeAnEpochThatHasEndedInOnePartitionOnly() {
    for (long s = 0; s < 8; s++) {
      split.tensor(0, s);
    }
    split.tensor(0, 8);
    split.ledger().tensorsEnd(0, 5, 0, IMAGES);

    assertThat(split.only()).isEqualTo(new EpochCounts(9, 9, 0, 0, 0, 0, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldExplainGapsByUnreadableRecordsOfTheirPartition() {
    split.tensors(0, 2, 5, 6);
    split.ledger().partition(0).unreadable();
    split.ledger().partition(0).unreadable();

    SplitReport report = split.ledger().report();

    assertThat(TestSplit.only(report)).isEqualTo(new EpochCounts(10, 7, 0, 2, 0, 0, 1, 0));
    assertThat(report.unreadable()).isEqualTo(2);
    split.finds("Lost: sequence 5 of epoch 0");
  }

  @Test
  void shouldCountUnreadableRecordsThatAreExtra() {
    split.tensors(0);
    split.ledger().partition(1).unreadable();

    SplitReport report = split.ledger().report();

    assertThat(TestSplit.only(report)).isEqualTo(new EpochCounts(10, 10, 0, 0, 0, 0, 0, 0));
    assertThat(report.unreadable()).isEqualTo(1);
    split.findsNothing();
  }

  @Test
  void shouldJudgeNothingWhereATransactionIsOpen() {
    split.ledger().partition(1).unsettled();
    split.tensors(0, 5);

    assertThat(split.only()).isEqualTo(new EpochCounts(10, 9, 0, 0, 0, 1, 0, 0));
    split.findsNothing();
  }

  @Test
  void shouldKeepTheFirstFindingsAndCountTheOthers() {
    for (int epoch = 0; epoch < 30; epoch++) {
      split.tensors(epoch, 5);
    }

    var _ = split.ledger().report();

    assertThat(split.findings().first()).hasSize(20);
    assertThat(split.findings().count()).isEqualTo(30);
  }

  @Test
  void shouldFindEpochsThatAreMissingAltogether() {
    split.tensors(0);
    split.tensors(1_000_000_000);

    SplitReport report = split.ledger().report();

    assertThat(report.epochs()).hasSize(3);
    assertThat(report.epochs().get(1).total().lost()).isEqualTo(9_999_999_990L);
    assertThat(split.findings().first().getFirst())
        .contains("Lost: 5 sequences", "of epochs 1 to 999999999");
  }
}
