package dev.millrace.augmenter;

import dev.millrace.imaging.Pixels;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Small images of many kinds, and the records that bring them. */
final class TestImages {
  static final Instant PUBLISHED = Instant.parse("2026-01-01T00:00:00Z");
  static final byte[] TEXT = "ba\nnot an image at all\n".getBytes(StandardCharsets.US_ASCII);

  private TestImages() {}

  static byte[] jpeg(int width, int height, int variant) {
    return encode(picture(width, height, variant, BufferedImage.TYPE_INT_RGB), "jpg");
  }

  static byte[] png(int width, int height, int variant) {
    return encode(picture(width, height, variant, BufferedImage.TYPE_INT_RGB), "png");
  }

  static ByteBuffer png(Pixels pixels) {
    BufferedImage image =
        new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = pixels.rgb();
    for (int i = 0; i < pixels.height() * pixels.width(); i++) {
      int color =
          (rgb[3 * i] & 0xFF) << 16 | (rgb[3 * i + 1] & 0xFF) << 8 | (rgb[3 * i + 2] & 0xFF);
      image.setRGB(i % pixels.width(), i / pixels.width(), color);
    }
    return ByteBuffer.wrap(encode(image, "png"));
  }

  /** A square whose left half is black, and whose right half has a color. */
  static Pixels halves(int size, int red, int green, int blue) {
    byte[] rgb = new byte[3 * size * size];
    for (int i = 0; i < size * size; i++) {
      if (i % size >= size / 2) {
        rgb[3 * i] = (byte) red;
        rgb[3 * i + 1] = (byte) green;
        rgb[3 * i + 2] = (byte) blue;
      }
    }
    return new Pixels(size, size, rgb);
  }

  static byte[] grey(int width, int height) {
    return encode(picture(width, height, 1, BufferedImage.TYPE_BYTE_GRAY), "jpg");
  }

  static byte[] truncated(byte[] image) {
    return Arrays.copyOf(image, 100);
  }

  /** A small JPEG whose header says that it has so many pixels. */
  static byte[] claiming(int width, int height) {
    byte[] image = jpeg(40, 40, 1);
    for (int i = 0; i < image.length - 8; i++) {
      if ((image[i] & 255) == 0xFF && (image[i + 1] & 255) == 0xC0) {
        ByteBuffer.wrap(image).putShort(i + 5, (short) height).putShort(i + 7, (short) width);
        return image;
      }
    }
    throw new AssertionError("no frame header");
  }

  /** Four bands without a color profile: what readers take for CMYK. */
  static byte[] cmyk(int width, int height) {
    WritableRaster raster =
        Raster.createInterleavedRaster(java.awt.image.DataBuffer.TYPE_BYTE, width, height, 4, null);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        raster.setPixel(x, y, new int[] {x % 256, y % 256, 90, 20});
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(new javax.imageio.IIOImage(raster, null, null));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  static Image image(Split split, int epoch, long sequence, byte[] bytes) {
    return image("image-" + sequence, split, epoch, sequence, bytes);
  }

  static Image image(String id, Split split, int epoch, long sequence, byte[] bytes) {
    return Image.newBuilder()
        .setId(id)
        .setLabel((int) (sequence % 10))
        .setSynset("n01440764")
        .setSplit(split)
        .setEpoch(epoch)
        .setSequence(sequence)
        .setSource("/images/" + id)
        .setPublishedAt(PUBLISHED)
        .setBytes(ByteBuffer.wrap(bytes))
        .build();
  }

  static EpochEnd epochEnd(Split split, int epoch, long images) {
    return new EpochEnd(split, epoch, images, PUBLISHED);
  }

  private static BufferedImage picture(int width, int height, int variant, int type) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int red = 255 * x / width;
        int green = 255 * y / height;
        int blue = (variant * 37 + x * y) % 256;
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  private static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
