package dev.millrace.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JpegShrinkerTest {
  private static final int QUALITY = 90;

  private static byte[] shrink(Window.Choice window, ByteBuffer image)
      throws CorruptImageException {
    try (JpegShrinker shrinker = new JpegShrinker(ImageLimits.DEFAULT, window, QUALITY)) {
      return shrinker.shrink(image);
    }
  }

  private static Pixels decode(ByteBuffer image, Window.Choice window)
      throws CorruptImageException {
    Canvas canvas = new Canvas();
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      decoder.decode(image, window, false, canvas);
    }
    return canvas.toPixels();
  }

  @ParameterizedTest
  @CsvSource({"300, 200", "61, 140", "20, 31", "64, 64"})
  void shouldEncodeTheVeryPixelsThatTheAugmenterWouldHaveSeen(int height, int width)
      throws Exception {
    ByteBuffer image = TestImages.jpeg(TestImages.waves(height, width));
    Window.Choice square = Window.shorterSide(64, 64, new Crop(0, 0, 64, 64));

    byte[] shrunk = shrink(Window.centre(64), image);

    assertThat(shrunk).isEqualTo(JpegEncoder.encode(decode(image, square), QUALITY));
    // And what it sees of the result are its own pixels, not resized again.
    assertThat(decode(ByteBuffer.wrap(shrunk), square).rgb())
        .isEqualTo(decode(ByteBuffer.wrap(shrunk), Window.whole()).rgb());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldTurnThePictureAsItsCameraWasHeld(int exif) throws Exception {
    ByteBuffer held =
        OrientationTest.tagged(
            TestImages.jpeg(TestImages.waves(90, 131)), exif, ByteOrder.BIG_ENDIAN);
    for (Window.Choice window : List.of(Window.centre(48), Window.within(48))) {
      Pixels shrunk = decode(ByteBuffer.wrap(shrink(window, held)), Window.whole());

      // The result has no tag of its own, so that nobody turns it twice.
      Pixels seen = decode(held, window);
      assertThat(Psnr.of(shrunk, seen)).isGreaterThan(30);
    }
  }

  @ParameterizedTest
  @CsvSource({"300, 200, 96, 64", "200, 301, 64, 96", "20, 31, 20, 31", "64, 99, 64, 99"})
  void shouldKeepTheProportionAndNotEnlarge(int height, int width, int newHeight, int newWidth)
      throws Exception {
    ByteBuffer image = TestImages.png(TestImages.waves(height, width));

    Pixels shrunk = decode(ByteBuffer.wrap(shrink(Window.within(64), image)), Window.whole());

    assertThat(List.of(shrunk.height(), shrunk.width())).containsExactly(newHeight, newWidth);
  }

  @Test
  void shouldTellWhatEncodingHasCost() throws Exception {
    ByteBuffer image = TestImages.jpeg(TestImages.noise(80, 100, 1));
    try (JpegShrinker shrinker =
        new JpegShrinker(ImageLimits.DEFAULT, Window.centre(64), QUALITY)) {
      JpegShrinker.Shrunk shrunk = shrinker.shrinkAndCompare(image);

      Pixels before = decode(image, Window.centre(64));
      Pixels after = decode(ByteBuffer.wrap(shrunk.jpeg()), Window.whole());
      assertThat(shrunk.psnr())
          .isEqualTo(Psnr.of(before, after), within(1e-9))
          .isBetween(10.0, 40.0);
      assertThat(shrunk.jpeg()).isEqualTo(shrinker.shrink(image));
    }
  }

  @Test
  void shouldSayWhyAnImageCannotBeShrunk() {
    assertThatThrownBy(() -> shrink(Window.centre(64), ByteBuffer.wrap(new byte[] {1, 2, 3, 4})))
        .isInstanceOf(CorruptImageException.class)
        .hasMessage("not a JPEG, PNG, WebP or GIF, starts with 01 02 03 04");
    assertThatThrownBy(() -> shrink(Window.within(64), TestImages.png(TestImages.waves(2, 66_000))))
        .isInstanceOf(CorruptImageException.class)
        .hasMessageContaining("cannot be shrunk: a JPEG has at most 65500 pixels a side");
  }

  @Test
  void shouldServeSeveralThreads() throws Exception {
    List<ByteBuffer> images =
        IntStream.range(0, 16)
            .mapToObj(i -> TestImages.jpeg(TestImages.noise(40 + i, 60 - i, i)))
            .toList();
    try (JpegShrinker shrinker = new JpegShrinker(ImageLimits.DEFAULT, Window.centre(32), QUALITY);
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<byte[]>> work =
          images.stream().<Callable<byte[]>>map(image -> () -> shrinker.shrink(image)).toList();
      List<Future<byte[]>> shrunk = threads.invokeAll(work);
      for (int i = 0; i < shrunk.size(); i++) {
        assertThat(shrunk.get(i).get()).isEqualTo(shrink(Window.centre(32), images.get(i)));
      }
    }
  }
}
