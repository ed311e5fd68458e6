package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.Topics;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProducerShareTest {
  @Test
  void shouldReadWhatItWrites() {
    assertThat(ProducerShare.parse(" 2/4 ")).isEqualTo(new ProducerShare(2, 4)).hasToString("2/4");
    assertThat(ProducerShare.parse("1/1")).isEqualTo(ProducerShare.WHOLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "2/", "/2", "2 of 4", "-1/2", "1/99999"})
  void shouldRefuseOtherTexts(String text) {
    assertThatThrownBy(() -> ProducerShare.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("such as 2/4, found \"%s\"".formatted(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0/4", "5/4"})
  void shouldRefuseAProducerThatIsNoneOfThem(String text) {
    assertThatThrownBy(() -> ProducerShare.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shard must be from 1/4 to 4/4, found " + text);
  }

  @Test
  void shouldDividePartitionsAndImages() {
    ProducerShare first = new ProducerShare(1, 3);
    ProducerShare last = new ProducerShare(3, 3);

    assertThat(first.partitions(5)).isEqualTo(List.of(0, 3));
    assertThat(last.partitions(5)).isEqualTo(List.of(2));
    assertThat(ProducerShare.WHOLE.partitions(3)).isEqualTo(List.of(0, 1, 2));
    // Of sequences 0 to 6, partitions 0 and 3 have 0, 3, 5; partition 2 has 2.
    assertThat(first.images(7, 5)).isEqualTo(3);
    assertThat(last.images(7, 5)).isEqualTo(1);
    assertThat(ProducerShare.WHOLE.images(7, 5)).isEqualTo(7);
    assertThat(first.of(600)).isEqualTo(200);
  }

  @Test
  void shouldTellProducersThatDivideOtherwiseByTheirTransactionalIds() {
    Topics topics = new Topics("birds");
    OtherShares others = new OtherShares(topics, new ProducerShare(2, 4));
    OtherShares parts = new OtherShares(topics, ProducerShare.WHOLE);

    assertThat(new ProducerShare(2, 4).transactionalId(topics)).isEqualTo("birds-producer-2-of-4");
    assertThat(ProducerShare.WHOLE.transactionalId(topics)).isEqualTo("birds-producer");
    assertThat(others.isOther("birds-producer")).isTrue();
    assertThat(others.isOther("birds-producer-1-of-3")).isTrue();
    assertThat(others.isOther("birds-producer-1-of-4")).isFalse();
    assertThat(others.isOther("birds-producer-x-1-of-3")).isFalse();
    assertThat(others.isOther("my-birds-producer-1-of-3")).isFalse();
    assertThat(others.isOther("birds-augmenter-1-of-3")).isFalse();
    assertThat(parts.isOther("birds-producer")).isFalse();
    assertThat(parts.isOther("birds-producer-1-of-4")).isTrue();
  }
}
