package dev.millrace.pipeline.verify;

import static dev.millrace.pipeline.verify.TestSplit.IMAGES;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Records that are there twice, or where they must not be. */
class SplitLedgerOrderTest {
  private final TestSplit split = new TestSplit();

  @Test
  void shouldFindADoubledTensor() {
    split.tensor(0, 0);
    split.tensor(0, 2);
    split.tensor(0, 0);

    assertThat(split.only().doubled()).isEqualTo(1);
    split.finds("Doubled", "sequence 0 of epoch 0", "test.tensors.train-0@2");
  }

  @Test
  void shouldFindADoubledImage() {
    split.open(0);
    split.image(0, 1);
    split.image(0, 1);

    assertThat(split.only()).isEqualTo(new EpochCounts(1, 0, 0, 0, 0, 1, 0, 1));
    split.finds("Doubled", "sequence 1 of epoch 0", "test.images.train-1@1");
  }

  @Test
  void shouldFindATensorOutOfOrder() {
    split.tensor(0, 0);
    split.tensor(0, 4);
    split.tensor(0, 2);

    assertThat(split.only().lost()).isZero();
    split.finds("Out of order: test.tensors.train-0@2 is sequence 2 of epoch 0, behind sequence 4");
  }

  @Test
  void shouldFindATensorBehindItsEpochsEnd() {
    split.tensors(0, 9);
    split.tensor(0, 9);

    assertThat(split.only().lost()).isZero();
    split.finds("Out of order: test.tensors.train-1@5 is sequence 9", "behind the end of epoch 0");
  }

  @Test
  void shouldFindATensorInTheWrongPartition() {
    split.tensors(0);
    split.ledger().partition(0).tensor(99, 1, 3);

    var _ = split.ledger().report();

    split.finds("Wrong partition: test.tensors.train-0@99", "partition 1 of 2");
  }

  @Test
  void shouldFindATensorThatIsADeadLetterToo() {
    split.tensors(0);
    split.letter(0, 4);

    assertThat(split.only()).isEqualTo(new EpochCounts(10, 10, 0, 0, 0, 0, 0, 1));
    split.finds("Doubled: sequence 4 of epoch 0", "test.tensors.train-0", "test.dead-letters-0@7");
  }

  @Test
  void shouldFindASecondDeadLetter() {
    split.tensors(0, 4);
    split.letter(0, 4);
    split.letter(0, 4);

    assertThat(split.only()).isEqualTo(new EpochCounts(10, 9, 0, 1, 0, 0, 0, 1));
    split.finds("Doubled: sequence 4 of epoch 0 has another dead letter");
  }

  @Test
  void shouldFindAMissingEnd() {
    for (long s = 0; s < IMAGES; s++) {
      split.tensor(0, s);
    }
    split.ledger().tensorsEnd(0, 5, 0, IMAGES);
    split.tensor(1, 1);

    var _ = split.ledger().report();

    split.finds("No end: test.tensors.train-1 goes on without the end of epoch 0");
  }

  @Test
  void shouldFindAnEndThatWasNotPassedOn() {
    for (long s = 0; s < IMAGES; s++) {
      split.tensor(0, s);
    }
    split.ledger().tensorsEnd(0, 5, 0, IMAGES);
    split.images(0);

    var _ = split.ledger().report();

    split.finds("No end: the end of epoch 0 in test.images.train-1", "not in test.tensors.train-1");
  }

  @Test
  void shouldFindEndsThatDiffer() {
    for (long s = 0; s < IMAGES; s++) {
      split.tensor(0, s);
    }
    split.ledger().tensorsEnd(0, 5, 0, IMAGES);
    split.ledger().tensorsEnd(1, 5, 0, IMAGES + 2);

    var _ = split.ledger().report();

    split.finds(
        "Ends differ: epoch 0 has 10 images by test.tensors.train-0@5",
        "12 by test.tensors.train-1@5");
  }

  @Test
  void shouldFindADoubledEnd() {
    split.tensors(0);
    split.ledger().tensorsEnd(1, 6, 0, IMAGES);

    var _ = split.ledger().report();

    split.finds("Doubled: the end of epoch 0 is there again at test.tensors.train-1@6");
  }

  @Test
  void shouldFindMoreTensorsThanTheEndSays() {
    for (long s = 0; s < IMAGES + 1; s++) {
      split.tensor(0, s);
    }
    split.tensorsEnd(0);

    var _ = split.ledger().report();

    split.finds("Too many: test.tensors.train-0 has sequence 10 of epoch 0");
  }
}
