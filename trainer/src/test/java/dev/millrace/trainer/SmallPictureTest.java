package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SmallPictureTest {
  private static ByteBuffer numbered(int images, int side) {
    ByteBuffer pixels = ByteBuffer.allocate(images * side * side * 3);
    for (int i = 0; i < pixels.capacity(); i++) {
      pixels.put(i, (byte) (i / (side * side * 3)));
    }
    return pixels;
  }

  @Test
  void shouldShrinkTheCentreThatTheNetworkLooksAt() {
    ByteBuffer images = numbered(2, 256);
    int centre = ((256 + 16) * 256 + 16) * 3; // of the second image
    images.put(centre, (byte) 255); // red, among three pixels of 1

    SmallPicture picture = SmallPicture.ofCentre(images, 1, 256, 224);

    assertThat(picture.side()).isEqualTo(112);
    assertThat(picture.rgb().remaining()).isEqualTo(112 * 112 * 3);
    assertThat(picture.rgb().get(0) & 0xFF).isEqualTo((255 + 3 + 2) / 4);
    assertThat(picture.rgb().get(1)).isEqualTo((byte) 1);
    assertThat(picture.rgb().get(3)).isEqualTo((byte) 1);
  }

  @Test
  void shouldLeaveSmallImagesAsTheyAre() {
    ByteBuffer images = numbered(3, 32);
    images.put(2 * 32 * 32 * 3 + 7, (byte) 200);

    SmallPicture picture = SmallPicture.ofCentre(images, 2, 32, 32);

    assertThat(picture.side()).isEqualTo(32);
    assertThat(picture.rgb()).isEqualTo(images.slice(2 * 32 * 32 * 3, 32 * 32 * 3));
  }
}
