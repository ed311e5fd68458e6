package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

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

    held.set(Set.of(ONE));
    now = 1130;
    assertThat(held.nanos()).isEqualTo(30);

    held.set(Set.of(ONE, TWO)); // two at a time count once
    now = 1150;
    held.set(Set.of(TWO));
    now = 1160;
    assertThat(held.nanos()).isEqualTo(60);

    held.set(Set.of());
    now = 2000;
    assertThat(held.nanos()).isEqualTo(60);

    held.set(Set.of(ONE));
    now = 2001;
    assertThat(held.nanos()).isEqualTo(61);
  }
}
