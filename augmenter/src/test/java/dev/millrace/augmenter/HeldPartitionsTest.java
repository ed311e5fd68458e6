package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class HeldPartitionsTest {
  private static final TopicPartition ONE = new TopicPartition("images", 1);
  private static final TopicPartition TWO = new TopicPartition("images", 2);

  private long now = 1000;
  private final HeldPartitions held = new HeldPartitions(() -> now);

  @Test
  void shouldTellForHowLongAnyPartitionWasHeld() {
    now = 1100;
    assertThat(held.nanos()).isZero();

    held.allow(Map.of(ONE, 0L, TWO, 5L));
    now = 1130;
    assertThat(held.nanos()).isEqualTo(30);

    held.allow(Map.of(ONE, 0L, TWO, 0L)); // two at a time count once
    now = 1150;
    held.allow(Map.of(ONE, 5L, TWO, 0L));
    now = 1160;
    assertThat(held.nanos()).isEqualTo(60);

    held.allow(Map.of(ONE, 5L, TWO, 5L));
    now = 2000;
    assertThat(held.nanos()).isEqualTo(60);

    held.allow(Map.of(ONE, 0L, TWO, 5L));
    now = 2001;
    assertThat(held.nanos()).isEqualTo(61);
  }

  @Test
  void shouldHoldAPartitionWhenAllIsReadThatItMay() {
    held.allow(Map.of(ONE, 5L, TWO, 100L));
    held.read(ONE, 4);
    assertThat(held.get()).isEmpty();

    now = 1010;
    held.read(ONE, 3);
    held.read(new TopicPartition("others", 1), 1000);
    assertThat(held.get()).containsExactly(ONE);
    now = 1015;
    assertThat(held.nanos()).isEqualTo(5);
  }

  @Test
  void shouldTakeOffWhatIsOnItsWay() {
    held.allow(Map.of(ONE, 50L));
    held.read(ONE, 40);

    held.allow(Map.of(ONE, 45L)); // at least 5 of the 40 have not come there yet
    held.read(ONE, 4);
    assertThat(held.get()).isEmpty();
    held.read(ONE, 1);
    assertThat(held.get()).containsExactly(ONE);

    held.allow(Map.of(ONE, 5L));
    assertThat(held.get()).containsExactly(ONE);
    held.allow(Map.of(ONE, 5L));
    assertThat(held.get()).isEmpty();
  }

  @Test
  void shouldHoldUntilItIsKnownWithoutCallingItHoldingBack() {
    held.await(Set.of(ONE, TWO));
    assertThat(held.get()).containsExactlyInAnyOrder(ONE, TWO);
    now = 1200;
    assertThat(held.nanos()).isZero();

    held.allow(Map.of(ONE, 5L, TWO, 0L));
    assertThat(held.get()).containsExactly(TWO);
    now = 1207;
    assertThat(held.nanos()).isEqualTo(7);
  }
}
