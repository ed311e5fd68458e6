package dev.millrace.pipeline.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Pixels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoImagesTest {
  @TempDir private Path folder;

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile).map(root::relativize).sorted().toList();
    }
  }

  @Test
  void shouldDrawTwelveClassesOfRealImages() throws Exception {
    Path images = folder.resolve("images");

    assertThat(DemoImages.write(images, 1, 2, 1)).isTrue();

    assertThat(files(images)).hasSize(12 * 3);
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      for (Path file : files(images)) {
        Pixels pixels = decoder.decode(ByteBuffer.wrap(Files.readAllBytes(images.resolve(file))));
        assertThat(pixels.height()).isEqualTo(DemoImages.SIZE);
        assertThat(pixels.width()).isEqualTo(DemoImages.SIZE);
      }
    }
  }

  @Test
  void shouldDrawTheSameForTheSameSeedOnly() throws Exception {
    DemoImages.write(folder.resolve("a"), 1, 1, 1);
    DemoImages.write(folder.resolve("b"), 1, 1, 1);
    DemoImages.write(folder.resolve("c"), 2, 1, 1);

    for (Path file : files(folder.resolve("a"))) {
      byte[] drawn = Files.readAllBytes(folder.resolve("a").resolve(file));
      assertThat(folder.resolve("b").resolve(file)).hasBinaryContent(drawn);
      assertThat(Files.readAllBytes(folder.resolve("c").resolve(file))).isNotEqualTo(drawn);
    }
  }

  @Test
  void shouldBeginAnewWhereItWasKilled() throws Exception {
    Path images = folder.resolve("images");
    Path left = folder.resolve("images.unfinished/train/circle");
    Files.createDirectories(left);
    Files.writeString(left.resolve("0000.jpg"), "half");

    assertThat(DemoImages.write(images, 1, 1, 1)).isTrue();
    assertThat(DemoImages.write(images, 1, 1, 1)).isFalse();

    assertThat(files(folder)).allSatisfy(file -> assertThat(file.startsWith("images")).isTrue());
    assertThat(folder.resolve("images.unfinished")).doesNotExist();
  }
}
