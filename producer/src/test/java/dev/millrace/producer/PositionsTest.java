package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.producer.Positions.Position;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Split;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PositionsTest {
  private static final Instant NOW = Instant.EPOCH;

  @Test
  void shouldStartAtTheFirstEpochWhereNothingIsPublished() {
    Positions positions = new Positions(List.of(Positions.NOTHING, Positions.NOTHING));

    assertThat(positions.firstEpoch()).isZero();
    assertThat(positions.isPublished(0, 0, 0)).isFalse();
    assertThat(positions.isPublished(1, 0, Positions.END)).isFalse();
    assertThat(positions.oldestTimestamp()).isZero();
  }

  @Test
  void shouldGoOnBehindEachPartitionsNewestImage() {
    Positions positions = new Positions(List.of(image(2, 8), image(2, 5), image(2, 2)));

    assertThat(positions.firstEpoch()).isEqualTo(2);
    assertThat(positions.isPublished(0, 2, 8)).isTrue();
    assertThat(positions.isPublished(0, 2, 9)).isFalse();
    assertThat(positions.isPublished(2, 2, 5)).isFalse();
    assertThat(positions.isPublished(2, 1, 500)).isTrue();
    assertThat(positions.isPublished(2, 1, Positions.END)).isTrue();
    assertThat(positions.isPublished(2, 2, Positions.END)).isFalse();
    assertThat(positions.isPublished(2, 3, 0)).isFalse();
  }

  @Test
  void shouldFinishAnEpochThatEndsInSomePartitionsOnly() {
    Positions positions = new Positions(List.of(end(1), image(1, 9), end(1)));

    assertThat(positions.firstEpoch()).isEqualTo(1);
    assertThat(positions.isPublished(0, 1, Positions.END)).isTrue();
    assertThat(positions.isPublished(1, 1, Positions.END)).isFalse();
    assertThat(positions.isPublished(0, 2, 0)).isFalse();
  }

  @Test
  void shouldBeginTheNextEpochWhenOneEndsEverywhere() {
    assertThat(new Positions(List.of(end(1), end(1))).firstEpoch()).isEqualTo(2);
    assertThat(new Positions(List.of(end(1), image(2, 1))).firstEpoch()).isEqualTo(2);
    assertThat(new Positions(List.of(end(0), Positions.NOTHING)).firstEpoch()).isZero();
  }

  @Test
  void shouldTellTheOldestOfTheNewestRecords() {
    Positions positions =
        new Positions(
            List.of(new Position(0, 1, -1, "a", 900, 5), new Position(0, 0, -1, "b", 300, 6)));

    assertThat(positions.oldestTimestamp()).isEqualTo(300);
  }

  @Test
  void shouldReadImagesAndEpochEnds() {
    Image image =
        new Image("a/b.jpg", 3, "a", Split.TRAIN, 4, 17L, "/a/b.jpg", NOW, ByteBuffer.allocate(0));

    assertThat(Position.of(image, 7, 70)).isEqualTo(new Position(4, 17, -1, "a/b.jpg", 7, 70));
    assertThat(Position.of(new EpochEnd(Split.TRAIN, 4, 100L, NOW), 8, 80))
        .isEqualTo(new Position(4, Positions.END, 100, "", 8, 80));
    assertThatThrownBy(() -> Position.of(new LabeledClass(), 0, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Position image(int epoch, long sequence) {
    return new Position(epoch, sequence, -1, "some", 1, 0);
  }

  private static Position end(int epoch) {
    return new Position(epoch, Positions.END, 10, "", 1, 0);
  }
}
