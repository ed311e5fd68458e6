package dev.millrace.imaging;

import static org.bytedeco.leptonica.global.leptonica.pixCreate;
import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixSetRGBPixel;
import static org.bytedeco.leptonica.global.leptonica.pixWriteMemWebP;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.leptonica.PIX;

/** Small images that tests make themselves. */
final class TestImages {
  private TestImages() {}

  /** Smooth color waves with some edges: every value of every channel depends on its place. */
  static Pixels waves(int height, int width) {
    byte[] rgb = new byte[height * width * 3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = (y * width + x) * 3;
        int edge = (x / 16 + y / 16) % 2 == 0 ? 0 : 40;
        rgb[i] = (byte) (100 + edge + 80 * Math.sin(x / 9.0 + y / 17.0));
        rgb[i + 1] = (byte) (100 + edge + 80 * Math.sin(x / 13.0 - y / 7.0 + 1));
        rgb[i + 2] = (byte) (100 + edge + 80 * Math.cos(x / 21.0 + y / 5.0));
      }
    }
    return new Pixels(height, width, rgb);
  }

  static Pixels noise(int height, int width, long seed) {
    KeyedRandom random = new KeyedRandom(seed, 0, "noise");
    byte[] rgb = new byte[height * width * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) random.nextInt(256);
    }
    return new Pixels(height, width, rgb);
  }

  static ByteBuffer jpeg(Pixels pixels) {
    return ByteBuffer.wrap(JpegEncoder.encode(pixels, 90));
  }

  static ByteBuffer png(int type, int height, int width) {
    return written("png", type, height, width);
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
    return encoded("png", image);
  }

  static ByteBuffer written(String format, int type, int height, int width) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, new Color(x * 255 / width, y * 255 / height, 128).getRGB());
      }
    }
    return encoded(format, image);
  }

  static ByteBuffer webp(Pixels pixels, boolean lossless) {
    PIX pix = pixCreate(pixels.width(), pixels.height(), 32);
    PointerPointer<BytePointer> data = new PointerPointer<>(1);
    SizeTPointer size = new SizeTPointer(1);
    byte[] rgb = pixels.rgb();
    for (int i = 0; i < pixels.height() * pixels.width(); i++) {
      pixSetRGBPixel(
          pix,
          i % pixels.width(),
          i / pixels.width(),
          rgb[3 * i] & 0xFF,
          rgb[3 * i + 1] & 0xFF,
          rgb[3 * i + 2] & 0xFF);
    }
    if (pixWriteMemWebP(data, size, pix, 80, lossless ? 1 : 0) != 0) {
      throw new IllegalStateException("leptonica writes no WebP");
    }
    byte[] bytes = new byte[(int) size.get()];
    data.get(BytePointer.class).get(bytes);
    pixDestroy(pix);
    return ByteBuffer.wrap(bytes);
  }

  static ByteBuffer gif(BufferedImage... frames) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (BufferedImage frame : frames) {
        writer.writeToSequence(new IIOImage(frame, null, null), null);
      }
      writer.endWriteSequence();
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  static ByteBuffer encoded(String format, BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalArgumentException("cannot write " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  static ByteBuffer resource(String name) {
    try (InputStream in = TestImages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalArgumentException("no test resource " + name);
      }
      return ByteBuffer.wrap(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double psnr(byte[] a, byte[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (a[i] & 0xFF) - (b[i] & 0xFF);
      sum += difference * difference;
    }
    return sum == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(255.0 * 255 * a.length / sum);
  }
}
