package dev.millrace.imaging;

import static org.bytedeco.leptonica.global.leptonica.L_SEVERITY_NONE;
import static org.bytedeco.leptonica.global.leptonica.lept_free;
import static org.bytedeco.leptonica.global.leptonica.pixCreateNoInit;
import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixGetData;
import static org.bytedeco.leptonica.global.leptonica.pixWriteMemJpeg;
import static org.bytedeco.leptonica.global.leptonica.setMsgSeverity;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.leptonica.PIX;

/**
 * Writes pixels as baseline JPEG with chroma at half the resolution (4:2:0), by the libjpeg-turbo
 * in leptonica's jar: the same pixels give the same bytes on every machine.
 */
public final class JpegEncoder {
  /** The longest side that a JPEG may have here, in pixels. */
  public static final int LONGEST_SIDE = 65_500;

  private static final int BITS = 32;

  // It would print its own messages to standard error.
  static {
    setMsgSeverity(L_SEVERITY_NONE);
  }

  private JpegEncoder() {}

  /**
   * Encodes pixels.
   *
   * @param quality 1 to 100, on libjpeg's scale
   * @throws IllegalArgumentException if the quality is out of range, or a side longer than {@link
   *     #LONGEST_SIDE}
   */
  public static byte[] encode(Pixels pixels, int quality) {
    byte[] rgb = pixels.rgb();
    int[] words = new int[pixels.height() * pixels.width()];
    for (int i = 0, from = 0; i < words.length; i++, from += Pixels.CHANNELS) {
      words[i] =
          (rgb[from] & 0xFF) << 24 | (rgb[from + 1] & 0xFF) << 16 | (rgb[from + 2] & 0xFF) << 8;
    }
    return encode(words, pixels.height(), pixels.width(), quality);
  }

  /**
   * Encodes the pixels of a canvas.
   *
   * @param quality 1 to 100, on libjpeg's scale
   * @throws IllegalArgumentException if the quality is out of range, or a side longer than {@link
   *     #LONGEST_SIDE}
   */
  public static byte[] encode(Canvas canvas, int quality) {
    int[] packed = canvas.packed();
    int[] words = new int[canvas.height() * canvas.width()];
    for (int i = 0; i < words.length; i++) {
      words[i] = Integer.reverseBytes(packed[i]);
    }
    return encode(words, canvas.height(), canvas.width(), quality);
  }

  // A pixel is one native 32-bit word: red in the highest byte, then green, blue.
  private static byte[] encode(int[] words, int height, int width, int quality) {
    requireQuality(quality);
    if (height > LONGEST_SIDE || width > LONGEST_SIDE) {
      throw new IllegalArgumentException(
          "a JPEG has at most %d pixels a side, found %d x %d"
              .formatted(LONGEST_SIDE, width, height));
    }
    PIX pix = pixCreateNoInit(width, height, BITS);
    if (pix == null || pix.isNull()) {
      throw new IllegalStateException("Cannot encode a JPEG: no memory for its pixels");
    }
    try {
      pixGetData(pix).put(words);
      return encode(pix, quality);
    } finally {
      pixDestroy(pix);
    }
  }

  static void requireQuality(int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("quality must be from 1 to 100, found " + quality);
    }
  }

  private static byte[] encode(PIX pix, int quality) {
    try (PointerPointer<BytePointer> data = new PointerPointer<>(1);
        SizeTPointer size = new SizeTPointer(1)) {
      if (pixWriteMemJpeg(data, size, pix, quality, 0) != 0) {
        throw new IllegalStateException("Cannot encode a JPEG: leptonica refuses");
      }
      BytePointer encoded = data.get(BytePointer.class, 0);
      try {
        byte[] bytes = new byte[Math.toIntExact(size.get())];
        encoded.get(bytes);
        return bytes;
      } finally {
        lept_free(encoded);
      }
    }
  }
}
