package dev.millrace.trainer.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.stream.Place;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LetterCountTest {
  private static final String IMAGES = "millrace.images.train";
  private static final int PARTITIONS = 2;
  private static final Place BEGIN = new Place(0, 0);
  private static final Place FAR = new Place(9, 0);

  private final LetterCount letters = new LetterCount(IMAGES);

  private static DeadLetter.Builder letter(int epoch, long sequence) {
    return DeadLetter.newBuilder()
        .setId("image")
        .setLabel(0)
        .setSplit(Split.TRAIN)
        .setEpoch(epoch)
        .setSequence(sequence)
        .setSource("")
        .setStage("decode")
        .setReason("")
        .setTopic(IMAGES)
        .setPartition((int) Math.max(0, sequence % PARTITIONS))
        .setOffset(100L * epoch + sequence)
        .setFailedAt(Instant.EPOCH)
        .setSize(0)
        .setBytes(ByteBuffer.allocate(0));
  }

  private static DeadLetter byProducer(int epoch, long sequence) {
    return letter(epoch, sequence)
        .setStage("read")
        .setTopic("")
        .setPartition(-1)
        .setOffset(-1)
        .build();
  }

  private static DeadLetter byAugmenter(int epoch, long sequence) {
    return letter(epoch, sequence).build();
  }

  @Test
  void shouldCountProducersAndAugmentersLettersUpToAPlace() {
    letters.read(byAugmenter(0, 3));
    letters.read(byProducer(0, 5));
    letters.read(byAugmenter(1, 2));

    assertThat(letters.before(new Place(0, 5))).isEqualTo(1);
    assertThat(letters.before(new Place(1, 2))).isEqualTo(2);
    assertThat(letters.from(new Place(0, 4))).containsExactly(new Place(0, 5), new Place(1, 2));
  }

  @Test
  void shouldGoOnCountingWhatItNoLongerKeeps() {
    letters.read(byAugmenter(0, 3));
    letters.read(byAugmenter(0, 6));
    letters.advance(BEGIN, new Place(0, 5));
    letters.read(byProducer(0, 4)); // late
    assertThat(letters.before(new Place(0, 6))).isEqualTo(2);
    letters.advance(BEGIN, new Place(1, 0));

    assertThat(letters.before(FAR)).isEqualTo(3);
    assertThat(letters.from(BEGIN)).isEmpty();
  }

  @Test
  void shouldNotCountWhatIsBeforeTheRunsBeginning() {
    letters.read(byAugmenter(0, 3));
    letters.read(byAugmenter(2, 3));
    letters.advance(new Place(2, 1), new Place(2, 1));

    assertThat(letters.before(FAR)).isEqualTo(1);
  }

  @Test
  void shouldLeaveOutLettersAboutTensorsReplaysAndTheValidationSplit() {
    letters.read(letter(0, 1).setTopic("millrace.tensors.train").build());
    letters.read(letter(0, 2).setStage(Topics.TRAIN_STAGE).build());
    letters.read(letter(0, 3).setStage(Topics.REPLAY_STAGE).setTopic("").build());
    letters.read(letter(0, 4).setTopic("millrace.images.validation").build());
    letters.read(letter(0, 4).setTopic("").setSplit(Split.VALIDATION).build());

    assertThat(letters.before(FAR)).isZero();
    assertThat(letters.unreadable()).isZero();
  }

  @Test
  void shouldCountImagesWhosePlaceIsNotKnownApart() {
    letters.read(letter(-1, -1).setOffset(7).build());

    assertThat(letters.before(FAR)).isZero();
    assertThat(letters.unreadable()).isEqualTo(1);
  }

  @Test
  void shouldCountAnImageOnceThatSeveralReadersWroteOf() {
    letters.read(byAugmenter(0, 2));
    letters.read(byAugmenter(0, 4));
    letters.advance(BEGIN, new Place(0, 6));
    letters.read(byAugmenter(0, 2)); // by the slower reader
    letters.read(byAugmenter(0, 4));
    letters.read(byAugmenter(0, 5)); // of the other partition

    assertThat(letters.before(FAR)).isEqualTo(3);
  }

  @Test
  void shouldCountItsOwnOnceBehindThoseOfTheTopic() {
    letters.own(List.of(byAugmenter(1, 2)));
    letters.read(byAugmenter(0, 2)); // of this run before it was stopped
    assertThat(letters.before(FAR)).isEqualTo(1);
    letters.caughtUp();
    assertThat(letters.before(FAR)).isEqualTo(2);
    letters.own(List.of(byAugmenter(1, 4)));
    letters.read(byAugmenter(1, 2)); // published with a checkpoint
    letters.read(byAugmenter(1, 4));

    assertThat(letters.before(FAR)).isEqualTo(3);
  }
}
