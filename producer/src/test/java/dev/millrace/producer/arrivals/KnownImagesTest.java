package dev.millrace.producer.arrivals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.producer.arrivals.KnownImages.State;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class KnownImagesTest {
  @Test
  void shouldTellNewFromKnownAndChangedIdsHoweverManyThereAre() {
    KnownImages known = new KnownImages();

    for (int i = 0; i < 200_000; i++) {
      assertThat(known.find("cat/" + i, i)).isEqualTo(State.NEW);
      known.put("cat/" + i, i);
    }

    assertThat(known.size()).isEqualTo(200_000);
    for (int i = 0; i < 200_000; i++) {
      assertThat(known.find("cat/" + i, i)).isEqualTo(State.SAME);
    }
    assertThat(known.find("cat/7", 8)).isEqualTo(State.OTHER);
    assertThat(known.find("dog/7", 7)).isEqualTo(State.NEW);
  }

  @Test
  void shouldKeepTheNewestFingerprintOfAnId() {
    KnownImages known = new KnownImages();
    known.put("a", -1);
    known.put("a", 5);

    assertThat(known.size()).isEqualTo(1);
    assertThat(known.find("a", 5)).isEqualTo(State.SAME);
    assertThat(known.find("a", -1)).isEqualTo(State.OTHER);
  }

  @Test
  void shouldTellUploadsByTheirBytesAndFilesByLengthAndTime() {
    Instant time = Instant.parse("2026-01-02T03:04:05.678Z");

    assertThat(Fingerprint.of(10, Instant.EPOCH, "ab"))
        .isNotEqualTo(Fingerprint.of(10, Instant.EPOCH, "cd"));
    assertThat(Fingerprint.of(10, time, "ab")).isEqualTo(Fingerprint.of(10, time, ""));
    assertThat(Fingerprint.of(10, time, ""))
        .isNotEqualTo(Fingerprint.of(11, time, ""))
        .isNotEqualTo(Fingerprint.of(10, time.plusMillis(1), ""));
  }
}
