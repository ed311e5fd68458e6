package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PendingLettersTest {
  private final PendingLetters letters = new PendingLetters();

  private static DeadLetter letter(int offset, int bytes) {
    return DeadLetter.newBuilder()
        .setId("image")
        .setLabel(0)
        .setEpoch(0)
        .setSequence(offset)
        .setSource("")
        .setStage("decode")
        .setReason("no image")
        .setTopic("images")
        .setPartition(2)
        .setOffset(offset)
        .setFailedAt(Instant.EPOCH)
        .setSize(bytes)
        .setBytes(ByteBuffer.allocate(bytes))
        .build();
  }

  @Test
  void shouldGiveThemOnceInTheirOrder() {
    letters.addAll(List.of(letter(1, 10), letter(2, 10)));
    letters.add(letter(3, 10));

    assertThat(letters.take()).extracting(DeadLetter::getOffset).containsExactly(1L, 2L, 3L);
    assertThat(letters.take()).isEmpty();
  }

  @Test
  void shouldAskForACheckpointAndThenDropBytesWhenTheyAreManyBytes() {
    int quarter = (int) PendingLetters.MOST_BYTES / 4;
    letters.add(letter(1, quarter));
    assertThat(letters.areMany()).isFalse();
    letters.add(letter(2, quarter));
    assertThat(letters.areMany()).isTrue();
    letters.add(letter(3, quarter));
    letters.add(letter(4, quarter));
    letters.add(letter(5, 1));

    List<DeadLetter> taken = letters.take();
    assertThat(taken).extracting(l -> l.getBytes().remaining()).endsWith(quarter, 0);
    assertThat(taken.getLast().getSize()).isEqualTo(1);
    letters.add(letter(6, quarter));
    assertThat(letters.take().getFirst().getBytes().remaining()).isEqualTo(quarter);
  }

  @Test
  void shouldGiveUpWhenNothingButBadImagesCome() {
    for (int i = 0; i < PendingLetters.MOST_LETTERS; i++) {
      letters.add(letter(i, 0));
    }

    assertThatThrownBy(() -> letters.add(letter(7, 0)))
        .isInstanceOf(BrokenStreamException.class)
        .hasMessageContaining("100,000 images of topic images became dead letters")
        .hasMessageContaining("images-2@7: no image");
  }
}
