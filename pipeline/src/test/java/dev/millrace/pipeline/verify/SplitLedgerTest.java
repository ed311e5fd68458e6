package dev.millrace.pipeline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two partitions; the images are ten an epoch: five each, and their end. */
class SplitLedgerTest {
  private static final int PARTITIONS = 2;
  private static final int IMAGES = 10;
  private static final long ALL = Long.MAX_VALUE;

  private final Findings findings = new Findings();
  private SplitLedger ledger = ledger(ALL);

  // Offsets behind the last tensor or image of each partition.
  private final long[] tensorsOffset = new long[PARTITIONS];
  private final long[] imagesOffset = new long[PARTITIONS];

  private SplitLedger ledger(long committed) {
    return new SplitLedger(new Topics("test"), Split.TRAIN, PARTITIONS, _ -> committed, findings);
  }

  @BeforeEach
  void begin() {
    Arrays.fill(tensorsOffset, 0);
    Arrays.fill(imagesOffset, 0);
  }

  private void open(long committed) {
    ledger = ledger(committed);
  }

  private void tensor(int epoch, long sequence) {
    int p = (int) (sequence % PARTITIONS);
    ledger.partition(p).tensor(tensorsOffset[p]++, epoch, sequence);
  }

  private void image(int epoch, long sequence) {
    int p = (int) (sequence % PARTITIONS);
    ledger.partition(p).image(imagesOffset[p]++, epoch, sequence);
  }

  private void letter(int epoch, long sequence) {
    ledger.of(sequence).letter("test.dead-letters-0@7", epoch, sequence);
  }

  private void tensorsEnd(int epoch) {
    for (int p = 0; p < PARTITIONS; p++) {
      ledger.tensorsEnd(p, tensorsOffset[p]++, epoch, IMAGES);
    }
  }

  private void imagesEnd(int epoch) {
    for (int p = 0; p < PARTITIONS; p++) {
      ledger.imagesEnd(p, imagesOffset[p]++, epoch, IMAGES);
    }
  }

  private void tensors(int epoch, long... without) {
    for (long s = 0; s < IMAGES; s++) {
      if (!contains(without, s)) {
        tensor(epoch, s);
      }
    }
    tensorsEnd(epoch);
  }

  private void images(int epoch, long... without) {
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

  private EpochCounts only(SplitReport report) {
    assertThat(report.epochs()).hasSize(1);
    return report.epochs().getFirst().total();
  }

  private void finds(String... words) {
    assertThat(findings.first()).as("findings").hasSize(1);
    assertThat(findings.first().getFirst()).contains(words);
  }

  private void findsNothing() {
    assertThat(findings.first()).as("findings").isEmpty();
  }

  @Test
  void shouldFindNothingWrongWhereAllBecameTensors() {
    tensors(0);
    tensors(1);
    images(0);
    images(1);

    List<EpochRow> epochs = ledger.report().epochs();

    findsNothing();
    assertThat(epochs).hasSize(2);
    assertThat(epochs.getFirst().total()).isEqualTo(new EpochCounts(10, 10, 0, 0, 0, 0, 0, 0));
    assertThat(epochs.getFirst().partitions())
        .containsExactly(
            new EpochCounts(5, 5, 0, 0, 0, 0, 0, 0), new EpochCounts(5, 5, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void shouldCountWhatTrainersAugmentedByThemselvesUpToTheirCheckpoint() {
    open(0);
    ledger.colocated(new Colocated(1, 5, false));
    ledger.partition(0).beginImages(6); // an epoch's five images and its end were deleted
    ledger.partition(1).beginImages(6);
    images(1);
    letter(0, 3);
    letter(1, 4);
    letter(1, 7);

    List<EpochRow> epochs = ledger.report().epochs();

    assertThat(epochs.get(0).total()).isEqualTo(new EpochCounts(10, 0, 9, 1, 0, 0, 0, 0));
    assertThat(epochs.get(1).total()).isEqualTo(new EpochCounts(10, 0, 4, 2, 0, 4, 0, 0));
    findsNothing();
  }

  @Test
  void shouldTakeADeadLetterOfEachOfSeveralReaders() {
    open(0);
    ledger.colocated(new Colocated(1, 0, true));
    images(0);
    letter(0, 3);
    letter(0, 3);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(10, 0, 9, 1, 0, 0, 0, 0));
    findsNothing();
  }

  @Test
  void shouldCountDeadLettersOfProducerAndAugmenter() {
    tensors(0, 3, 6, 9);
    images(0, 3); // this one its producer could not read
    letter(0, 3);
    letter(0, 6);
    letter(0, 9);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(10, 7, 0, 3, 0, 0, 0, 0));
    findsNothing();
  }

  @Test
  void shouldFindWhatIsLostBetweenTensors() {
    tensors(0, 5);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(10, 9, 0, 0, 0, 0, 1, 0));
    finds("Lost: sequence 5 of epoch 0", "test.tensors.train-1");
  }

  @Test
  void shouldTellManyLostOnEndInOneLine() {
    tensors(0, 2, 4, 6);

    assertThat(only(ledger.report()).lost()).isEqualTo(3);
    finds("Lost: 3 sequences from 2 to 6 (those of partition 0) of epoch 0");
  }

  @Test
  void shouldFindWhatIsLostBehindTheLastTensor() {
    open(3);
    for (long s = 0; s < 4; s++) {
      tensor(0, s);
      image(0, s);
    }
    image(0, 4); // offset 2: the augmenters have done with it
    image(0, 6); // offset 3: they have not
    image(0, 8);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(7, 4, 0, 0, 0, 2, 1, 0));
    finds("Lost: sequence 4 of epoch 0", "its image in test.images.train-0 was augmented");
  }

  @Test
  void shouldFindWhatWasNeverPublished() {
    open(0);
    images(0, 4);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(10, 0, 0, 0, 0, 9, 1, 0));
    finds("Lost: sequence 4 of epoch 0", "no image in test.images.train-0");
  }

  @Test
  void shouldLetImagesWait() {
    open(0);
    images(0, 4);
    letter(0, 4);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(10, 0, 0, 1, 0, 9, 0, 0));
    findsNothing();
  }

  @Test
  void shouldCountAnUnfinishedEpochAsFarAsItIs() {
    tensor(0, 0);
    tensor(0, 1);
    tensor(0, 2);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(3, 3, 0, 0, 0, 0, 0, 0));
    findsNothing();
  }

  @Test
  void shouldTakeAnEpochThatHasEndedInOnePartitionOnly() {
    for (long s = 0; s < 8; s++) {
      tensor(0, s);
    }
    tensor(0, 8);
    ledger.tensorsEnd(0, 5, 0, IMAGES);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(9, 9, 0, 0, 0, 0, 0, 0));
    findsNothing();
  }

  @Test
  void shouldFindADoubledTensor() {
    tensor(0, 0);
    tensor(0, 2);
    tensor(0, 0);

    assertThat(only(ledger.report()).doubled()).isEqualTo(1);
    finds("Doubled", "sequence 0 of epoch 0", "test.tensors.train-0@2");
  }

  @Test
  void shouldFindADoubledImage() {
    open(0);
    image(0, 1);
    image(0, 1);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(1, 0, 0, 0, 0, 1, 0, 1));
    finds("Doubled", "sequence 1 of epoch 0", "test.images.train-1@1");
  }

  @Test
  void shouldFindATensorOutOfOrder() {
    tensor(0, 0);
    tensor(0, 4);
    tensor(0, 2);

    assertThat(only(ledger.report()).lost()).isZero();
    finds("Out of order: test.tensors.train-0@2 is sequence 2 of epoch 0, behind sequence 4");
  }

  @Test
  void shouldFindATensorBehindItsEpochsEnd() {
    tensors(0, 9);
    tensor(0, 9);

    assertThat(only(ledger.report()).lost()).isZero();
    finds("Out of order: test.tensors.train-1@5 is sequence 9", "behind the end of epoch 0");
  }

  @Test
  void shouldFindATensorInTheWrongPartition() {
    tensors(0);
    ledger.partition(0).tensor(99, 1, 3);

    var _ = ledger.report();

    finds("Wrong partition: test.tensors.train-0@99", "partition 1 of 2");
  }

  @Test
  void shouldFindATensorThatIsADeadLetterToo() {
    tensors(0);
    letter(0, 4);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(10, 10, 0, 0, 0, 0, 0, 1));
    finds("Doubled: sequence 4 of epoch 0", "test.tensors.train-0", "test.dead-letters-0@7");
  }

  @Test
  void shouldFindASecondDeadLetter() {
    tensors(0, 4);
    letter(0, 4);
    letter(0, 4);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(10, 9, 0, 1, 0, 0, 0, 1));
    finds("Doubled: sequence 4 of epoch 0 has another dead letter");
  }

  @Test
  void shouldFindAMissingEnd() {
    for (long s = 0; s < IMAGES; s++) {
      tensor(0, s);
    }
    ledger.tensorsEnd(0, 5, 0, IMAGES);
    tensor(1, 1);

    var _ = ledger.report();

    finds("No end: test.tensors.train-1 goes on without the end of epoch 0");
  }

  @Test
  void shouldFindAnEndThatWasNotPassedOn() {
    for (long s = 0; s < IMAGES; s++) {
      tensor(0, s);
    }
    ledger.tensorsEnd(0, 5, 0, IMAGES);
    images(0);

    var _ = ledger.report();

    finds("No end: the end of epoch 0 in test.images.train-1", "not in test.tensors.train-1");
  }

  @Test
  void shouldFindEndsThatDiffer() {
    for (long s = 0; s < IMAGES; s++) {
      tensor(0, s);
    }
    ledger.tensorsEnd(0, 5, 0, IMAGES);
    ledger.tensorsEnd(1, 5, 0, IMAGES + 2);

    var _ = ledger.report();

    finds(
        "Ends differ: epoch 0 has 10 images by test.tensors.train-0@5",
        "12 by test.tensors.train-1@5");
  }

  @Test
  void shouldFindADoubledEnd() {
    tensors(0);
    ledger.tensorsEnd(1, 6, 0, IMAGES);

    var _ = ledger.report();

    finds("Doubled: the end of epoch 0 is there again at test.tensors.train-1@6");
  }

  @Test
  void shouldFindMoreTensorsThanTheEndSays() {
    for (long s = 0; s < IMAGES + 1; s++) {
      tensor(0, s);
    }
    tensorsEnd(0);

    var _ = ledger.report();

    finds("Too many: test.tensors.train-0 has sequence 10 of epoch 0");
  }

  @Test
  void shouldNotCheckWhatWasDeleted() {
    ledger.partition(0).beginTensors(20);
    ledger.partition(1).beginTensors(22);
    tensor(3, 4);
    tensor(3, 6);
    tensor(3, 8);
    tensor(3, 9);
    tensorsEnd(3);
    letter(1, 5);
    letter(3, 2);

    SplitReport report = ledger.report();

    findsNothing();
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
    ledger.partition(0).beginTensors(20);
    ledger.partition(1).beginTensors(20);
    for (int s = 0; s < 10; s++) {
      tensor(3, s);
    }
    tensorsEnd(3);
    ledger.replayed(1);
    ledger.replayed(1);
    ledger.replayed(1);

    SplitReport report = ledger.report();

    findsNothing();
    // Epochs 0 and 2 are as large as epoch 3.
    assertThat(report.epochs().getFirst().total())
        .isEqualTo(new EpochCounts(10 + 3 + 10, 0, 0, 0, 23, 0, 0, 0));
  }

  @Test
  void shouldNotKnowTheSizeOfDeletedEpochsWithoutAnyEnd() {
    ledger.partition(0).beginTensors(20);
    ledger.partition(1).beginTensors(20);
    tensor(2, 0);
    tensor(2, 1);

    SplitReport report = ledger.report();

    findsNothing();
    assertThat(report.epochs().getFirst().sizeKnown()).isFalse();
    assertThat(report.epochs().getFirst().last()).isEqualTo(1);
    assertThat(report.epochs().getLast().sizeKnown()).isTrue();
  }

  @Test
  void shouldGoOnBehindADeletionWhileItReads() {
    ledger.partition(0).beginTensors(0);
    tensor(0, 0);
    ledger.partition(0).beginTensors(3);
    tensor(0, 6);
    tensor(0, 1);
    tensor(0, 3);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(6, 4, 0, 0, 2, 0, 0, 0));
    findsNothing();
  }

  @Test
  void shouldTakeTensorsThatWereAllDeleted() {
    ledger.partition(0).beginTensors(100);
    ledger.partition(1).beginTensors(100);
    ledger.partition(0).beginImages(90);
    ledger.partition(1).beginImages(90);
    imagesEnd(4);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(50, 0, 0, 0, 50, 0, 0, 0));
    findsNothing();
  }

  @Test
  void shouldTellImagesThatWaitFromTensorsThatWereDeleted() {
    open(93);
    ledger.partition(0).beginTensors(100);
    ledger.partition(0).beginImages(92);
    ledger.partition(0).image(92, 4, 2);
    ledger.partition(0).image(93, 4, 4);

    SplitReport report = ledger.report();

    findsNothing();
    assertThat(report.epochs().getLast().total())
        .isEqualTo(new EpochCounts(3, 0, 0, 0, 2, 1, 0, 0));
  }

  @Test
  void shouldFindWhatIsLostAmongDeletedImages() {
    open(5);
    tensor(0, 0);
    tensor(0, 2);
    ledger.partition(0).beginImages(4); // sequences 4 and 6 are deleted
    ledger.partition(0).image(4, 0, 8);
    letter(0, 6);
    letter(0, 8);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(5, 2, 0, 2, 0, 0, 1, 0));
    finds("Lost: sequence 4 of epoch 0");
  }

  @Test
  void shouldNotMissImagesThatWereAugmentedAndDeletedSinceItBegan() {
    open(2);
    tensor(0, 0);
    tensor(0, 2);
    ledger.partition(0).beginImages(4);
    ledger.partition(0).image(4, 0, 8);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(5, 2, 0, 0, 0, 3, 0, 0));
    findsNothing();
  }

  @Test
  void shouldExplainGapsByUnreadableRecordsOfTheirPartition() {
    tensors(0, 2, 5, 6);
    ledger.partition(0).unreadable();
    ledger.partition(0).unreadable();

    SplitReport report = ledger.report();

    assertThat(only(report)).isEqualTo(new EpochCounts(10, 7, 0, 2, 0, 0, 1, 0));
    assertThat(report.unreadable()).isEqualTo(2);
    finds("Lost: sequence 5 of epoch 0");
  }

  @Test
  void shouldCountUnreadableRecordsThatAreExtra() {
    tensors(0);
    ledger.partition(1).unreadable();

    SplitReport report = ledger.report();

    assertThat(only(report)).isEqualTo(new EpochCounts(10, 10, 0, 0, 0, 0, 0, 0));
    assertThat(report.unreadable()).isEqualTo(1);
    findsNothing();
  }

  @Test
  void shouldJudgeNothingWhereATransactionIsOpen() {
    ledger.partition(1).unsettled();
    tensors(0, 5);

    assertThat(only(ledger.report())).isEqualTo(new EpochCounts(10, 9, 0, 0, 0, 1, 0, 0));
    findsNothing();
  }

  @Test
  void shouldKeepTheFirstFindingsAndCountTheOthers() {
    for (int epoch = 0; epoch < 30; epoch++) {
      tensors(epoch, 5);
    }

    var _ = ledger.report();

    assertThat(findings.first()).hasSize(20);
    assertThat(findings.count()).isEqualTo(30);
  }

  @Test
  void shouldFindEpochsThatAreMissingAltogether() {
    tensors(0);
    tensors(1_000_000_000);

    SplitReport report = ledger.report();

    assertThat(report.epochs()).hasSize(3);
    assertThat(report.epochs().get(1).total().lost()).isEqualTo(9_999_999_990L);
    assertThat(findings.first().getFirst())
        .contains("Lost: 5 sequences", "of epochs 1 to 999999999");
  }
}
