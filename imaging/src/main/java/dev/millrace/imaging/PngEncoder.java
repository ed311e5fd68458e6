package dev.millrace.imaging;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes pixels as PNG, by Java's own encoder and without files in between. */
public final class PngEncoder {
  private PngEncoder() {}

  /** Encodes pixels, 8 bits a channel. */
  public static byte[] encode(Pixels pixels) {
    BufferedImage image =
        new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = pixels.rgb();
    int[] row = new int[pixels.width()];
    int from = 0;
    for (int y = 0; y < pixels.height(); y++) {
      for (int x = 0; x < row.length; x++, from += Pixels.CHANNELS) {
        row[x] = (rgb[from] & 0xFF) << 16 | (rgb[from + 1] & 0xFF) << 8 | (rgb[from + 2] & 0xFF);
      }
      image.setRGB(0, y, row.length, 1, row, 0, row.length);
    }
    return encode(image);
  }

  private static byte[] encode(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    // ImageIO.write would put a file of the system's temporary folder in between.
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(image);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a PNG in memory", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
