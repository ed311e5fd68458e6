package dev.millrace.imaging;

import static org.bytedeco.leptonica.global.leptonica.L_JPEG_CONTINUE_WITH_BAD_DATA;
import static org.bytedeco.leptonica.global.leptonica.L_SEVERITY_NONE;
import static org.bytedeco.leptonica.global.leptonica.pixConvertTo32;
import static org.bytedeco.leptonica.global.leptonica.pixDestroy;
import static org.bytedeco.leptonica.global.leptonica.pixGetData;
import static org.bytedeco.leptonica.global.leptonica.pixGetDepth;
import static org.bytedeco.leptonica.global.leptonica.pixGetHeight;
import static org.bytedeco.leptonica.global.leptonica.pixGetWidth;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemGif;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemJpeg;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemPng;
import static org.bytedeco.leptonica.global.leptonica.pixReadMemWebP;
import static org.bytedeco.leptonica.global.leptonica.setMsgSeverity;

import java.nio.ByteBuffer;
import org.bytedeco.leptonica.PIX;
import org.jspecify.annotations.Nullable;

/**
 * Decodes by leptonica's jar, which holds libjpeg-turbo, libpng, libwebp and giflib. Pixels are as
 * stored, whatever the orientation.
 */
final class LeptonicaDecoder implements WholeDecoder {
  // It would print its own messages to standard error.
  static {
    setMsgSeverity(L_SEVERITY_NONE);
  }

  private final ImageLimits limits;

  LeptonicaDecoder(ImageLimits limits) {
    this.limits = limits;
  }

  @Override
  public Pixels decode(ByteBuffer encoded) throws CorruptImageException {
    ImageHeader header = ImageHeader.read(encoded, limits);
    byte[] bytes = new byte[encoded.remaining()];
    encoded.duplicate().get(bytes);
    PIX pix =
        switch (header.format()) {
          case JPEG ->
              pixReadMemJpeg(
                  bytes, bytes.length, 0, 1, (int[]) null, L_JPEG_CONTINUE_WITH_BAD_DATA);
          case PNG -> pixReadMemPng(bytes, bytes.length);
          case WEBP -> pixReadMemWebP(bytes, bytes.length);
          case GIF -> {
            byte[] frame = GifFirstFrame.of(encoded.slice()).file();
            yield pixReadMemGif(frame, frame.length);
          }
        };
    if (isNull(pix)) {
      throw new CorruptImageException(
          "the %s cannot be decoded: its data is broken".formatted(header.format()));
    }
    try {
      if (pixGetHeight(pix) != header.height() || pixGetWidth(pix) != header.width()) {
        throw new CorruptImageException(
            "the %s says that it is %d x %d, but is %d x %d"
                .formatted(
                    header.format(),
                    header.width(),
                    header.height(),
                    pixGetWidth(pix),
                    pixGetHeight(pix)));
      }
      return inColor(pix, header);
    } finally {
      pixDestroy(pix);
    }
  }

  @Override
  public String name() {
    return "leptonica's libjpeg-turbo";
  }

  @Override
  public void close() {
    // Keeps nothing between images.
  }

  private static Pixels inColor(PIX pix, ImageHeader header) throws CorruptImageException {
    if (pixGetDepth(pix) == 32) {
      return pixels(pix);
    }
    PIX color = pixConvertTo32(pix);
    if (isNull(color)) {
      throw new CorruptImageException(
          "the %s has %d bits a pixel, which cannot be turned into RGB"
              .formatted(header.format(), pixGetDepth(pix)));
    }
    try {
      return pixels(color);
    } finally {
      pixDestroy(color);
    }
  }

  private static boolean isNull(@Nullable PIX pix) {
    return pix == null || pix.isNull();
  }

  // A pixel is one native 32-bit word: red in the highest byte, then green, blue, transparency.
  private static Pixels pixels(PIX pix) {
    int height = pixGetHeight(pix);
    int width = pixGetWidth(pix);
    int[] words = new int[height * width];
    pixGetData(pix).get(words);
    byte[] rgb = new byte[words.length * Pixels.CHANNELS];
    for (int i = 0, out = 0; i < words.length; i++, out += Pixels.CHANNELS) {
      int word = words[i];
      rgb[out] = (byte) (word >>> 24);
      rgb[out + 1] = (byte) (word >>> 16);
      rgb[out + 2] = (byte) (word >>> 8);
    }
    return new Pixels(height, width, rgb);
  }
}
