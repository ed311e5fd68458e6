package dev.millrace.dashboard.pictures;

import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.EncodedImage;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.PngEncoder;
import dev.millrace.imaging.Window;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small pictures of images that were left out, as far as they can be decoded: of 16 MiB and 16
 * megapixels at most, for which decoding may take 112 MB.
 */
final class Thumbnails {
  private static final Logger LOG = LoggerFactory.getLogger(Thumbnails.class);
  private static final int LONGEST_SIDE = 96;
  private static final ImageLimits LIMITS = new ImageLimits(16 << 20, 16_000_000);

  private Thumbnails() {}

  /** Whether a letter holds bytes that look like an image: decoding them may fail nevertheless. */
  private static boolean isLikely(DeadLetter letter) {
    if (letter.getStage().equals(Topics.REPLAY_STAGE) || !letter.getBytes().hasRemaining()) {
      return false;
    }
    try {
      EncodedImage.requireWhole(letter.getBytes(), LIMITS);
      return true;
    } catch (CorruptImageException e) {
      LOG.trace("No picture of {}", letter.getId(), e);
      return false;
    }
  }

  /** The picture as PNG, 96 pixels at most in height and width; empty where there is none. */
  static Optional<byte[]> of(DeadLetter letter) {
    if (!isLikely(letter)) {
      return Optional.empty();
    }
    ByteBuffer encoded = letter.getBytes().duplicate();
    Canvas canvas = new Canvas();
    try (ImageDecoder decoder = ImageDecoders.open(LIMITS)) {
      decoder.decode(encoded, Thumbnails::window, false, canvas);
      return Optional.of(PngEncoder.encode(canvas.toPixels()));
    } catch (CorruptImageException | IllegalArgumentException e) {
      // The latter where an image is too long for its width to be resized.
      LOG.debug("No picture of {}", letter.getId(), e);
      return Optional.empty();
    }
  }

  // Small images stay as they are.
  private static Window window(int height, int width) {
    return Window.fitted(Math.min(LONGEST_SIDE, Math.max(height, width))).of(height, width);
  }
}
