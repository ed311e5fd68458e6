package dev.millrace.dashboard.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class LooksTest {
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final Looks looks = new Looks(() -> Instant.ofEpochMilli(now.get()));
  private int looked;

  private Feeding look() {
    looked++;
    return new Feeding(now.get(), List.of(new FedImage("id", 1, new byte[] {(byte) looked})), "");
  }

  @Test
  void shouldLookOnceInFiveSeconds() {
    assertThat(looks.newest(this::look).at()).isEqualTo(1_000_000);
    now.addAndGet(4_999);
    assertThat(looks.newest(this::look).at()).isEqualTo(1_000_000);
    now.addAndGet(1);
    assertThat(looks.newest(this::look).at()).isEqualTo(1_005_000);
    assertThat(looked).isEqualTo(2);
  }

  @Test
  void shouldKeepThePicturesOfThreeLooks() {
    for (int i = 0; i < 4; i++) {
      looks.newest(this::look);
      now.addAndGet(5_000);
    }

    assertThat(looks.png(1_000_000, 0)).isEmpty();
    assertThat(looks.png(1_005_000, 0))
        .hasValueSatisfying(png -> assertThat(png).containsExactly(2));
    assertThat(looks.png(1_015_000, 0)).isPresent();
    assertThat(looks.png(1_015_000, 1)).isEmpty();
    assertThat(looks.png(1_015_000, -1)).isEmpty();
  }

  @Test
  void shouldSayThatTheBrokersDoNotAnswerAndLookAgainLater() {
    Feeding failed =
        looks.newest(() -> {
          throw new TimeoutException("nobody there");
        });

    assertThat(failed.images()).isEmpty();
    assertThat(failed.why()).isEqualTo("The newest tensors cannot be read now: nobody there");
    now.addAndGet(5_000);
    assertThat(looks.newest(this::look).images()).hasSize(1);
  }
}
