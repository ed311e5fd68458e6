package dev.millrace.producer;

import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Small sound images, no two alike. */
public final class TestPictures {
  private static final int SIZE = 8;

  private TestPictures() {}

  /** A JPEG of one color. */
  public static byte[] jpeg(int number) {
    byte[] colors = new byte[SIZE * SIZE * 3];
    for (int i = 0; i < colors.length; i++) {
      colors[i] = (byte) (number >> (8 * (i % 3)));
    }
    byte[] jpeg = JpegEncoder.encode(new Pixels(SIZE, SIZE, colors), 90);
    // What stands behind the end is no part of the picture: so that each file is another.
    byte[] file = Arrays.copyOf(jpeg, jpeg.length + 4);
    for (int i = 0; i < 4; i++) {
      file[jpeg.length + i] = (byte) (number >> (8 * i));
    }
    return file;
  }

  /** Writes one below a folder, with the folders above it. */
  public static Path write(Path root, String id, int number) throws IOException {
    Path file = root.resolve(id);
    Files.createDirectories(file.getParent());
    return Files.write(file, jpeg(number));
  }
}
