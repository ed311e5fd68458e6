package dev.millrace.dashboard.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.stream.Place;
import org.junit.jupiter.api.Test;

class LetterPlacesTest {
  private static final Place BEGIN = new Place(0, 0);
  private static final Place END = new Place(9, 0);

  private final Topics topics = new Topics("letters");
  private final LetterPlaces letters = new LetterPlaces(topics);

  private long withoutImage(int partition, Place from, Place to) {
    return letters.withoutImage(Split.TRAIN, partition, 3, from, to);
  }

  private long withoutTensor(int partition, Place from, Place to) {
    return letters.withoutTensor(Split.TRAIN, partition, 3, from, to);
  }

  @Test
  void shouldTellProducersFromAugmenters() {
    letters.take(TestStream.unread(0, 4));
    letters.take(TestStream.undecoded(topics, 1, 7));
    letters.take(TestStream.undecoded(topics, 1, 7)); // another reader's

    assertThat(withoutImage(1, BEGIN, END)).isEqualTo(1);
    assertThat(withoutTensor(1, BEGIN, END)).isEqualTo(2);
    assertThat(withoutTensor(2, BEGIN, END)).isZero();
    assertThat(letters.withoutTensor(Split.VALIDATION, 1, 3, BEGIN, END)).isZero();
  }

  @Test
  void shouldCountFromOnePlaceUpToAnother() {
    letters.take(TestStream.unread(0, 4));
    letters.take(TestStream.unread(1, 1));

    assertThat(withoutImage(1, new Place(0, 4), new Place(1, 1))).isEqualTo(1);
    assertThat(withoutImage(1, new Place(0, 5), new Place(1, 2))).isEqualTo(1);
    assertThat(withoutImage(1, new Place(0, 5), new Place(1, 1))).isZero();
  }

  @Test
  void shouldLeaveOutLettersAboutRecordsThatAreThere() {
    DeadLetter tensors = TestStream.undecoded(topics, 0, 1);
    tensors.setTopic(topics.tensors(Split.TRAIN).name());
    DeadLetter replay = TestStream.unread(0, 1);
    replay.setStage(Topics.REPLAY_STAGE);
    DeadLetter unplaced = TestStream.unread(0, 1);
    unplaced.setSequence(-1);
    letters.take(tensors);
    letters.take(replay);
    letters.take(unplaced);

    assertThat(withoutTensor(1, BEGIN, END)).isZero();
  }

  @Test
  void shouldKeepTheNewestTenThousand() {
    for (int s = 0; s < 10_003; s++) {
      letters.take(TestStream.unread(0, s));
    }

    assertThat(withoutImage(0, BEGIN, new Place(0, 4))).isEqualTo(1); // 3, but not 0
    long all = 0;
    for (int p = 0; p < 3; p++) {
      all += withoutImage(p, BEGIN, END);
    }
    assertThat(all).isEqualTo(10_000);
  }
}
