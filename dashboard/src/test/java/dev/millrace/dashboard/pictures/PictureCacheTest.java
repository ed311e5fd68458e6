package dev.millrace.dashboard.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class PictureCacheTest {
  private static Made picture(int bytes) {
    return new Made(Optional.of(new byte[bytes]));
  }

  @Test
  void shouldForgetWhatWasAskedForTheLongestAgo() {
    PictureCache cache = new PictureCache(3000);
    cache.keep("a", picture(800));
    cache.keep("b", picture(800));
    cache.keep("c", picture(800)); // 3,000 with what the objects take
    cache.find("a");
    cache.keep("d", picture(100));

    assertThat(cache.find("b")).isNull();
    assertThat(cache.find("a")).isNotNull();
    assertThat(cache.find("c")).isNotNull();
    assertThat(cache.find("d")).isNotNull();
  }

  @Test
  void shouldKeepNothingThatIsTooLargeByItself() {
    PictureCache cache = new PictureCache(3000);
    cache.keep("a", picture(100));
    cache.keep("b", picture(5000));

    assertThat(cache.find("a")).isNull();
    assertThat(cache.find("b")).isNull();
    cache.keep("c", picture(2800));
    assertThat(cache.find("c")).isNotNull();
  }

  @Test
  void shouldCountAPictureOnceThatIsMadeAgain() {
    PictureCache cache = new PictureCache(3000);
    for (int i = 0; i < 10; i++) {
      cache.keep("a", picture(1000));
    }
    cache.keep("b", new Made(Optional.empty()));

    assertThat(cache.find("a")).isNotNull();
    assertThat(cache.find("b")).isEqualTo(new Made(Optional.empty()));
  }
}
