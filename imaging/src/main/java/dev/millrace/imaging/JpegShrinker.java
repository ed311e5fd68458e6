package dev.millrace.imaging;

import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Makes smaller JPEGs of encoded images: decodes, resizes and encodes each once. May be used by
 * several threads; each of them takes a decoder, whose memory is kept for the next image.
 */
public final class JpegShrinker implements AutoCloseable {
  private final ImageLimits limits;
  private final Window.Choice window;
  private final int quality;
  private final Queue<Tools> idle = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /**
   * Prepares it.
   *
   * @param limits images over them are refused
   * @param window what is kept of an image, such as {@link Window#centre} or {@link Window#within}
   * @param quality of the JPEGs, 1 to 100, on libjpeg's scale
   * @throws IllegalArgumentException if the quality is out of range
   */
  public JpegShrinker(ImageLimits limits, Window.Choice window, int quality) {
    JpegEncoder.requireQuality(quality);
    this.limits = limits;
    this.window = window;
    this.quality = quality;
  }

  /**
   * A smaller image.
   *
   * @param jpeg its bytes
   * @param psnr how near its pixels are to those that were encoded, in dB: see {@link Psnr}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Shrunk(byte[] jpeg, double psnr) {}

  /** What one image needs at a time. */
  private record Tools(ImageDecoder decoder, ImageDecoder checker, Canvas canvas) {
    void close() {
      decoder.close();
      checker.close();
    }
  }

  /**
   * Shrinks an image; the picture is turned as EXIF tells.
   *
   * @param encoded the whole image; its position is left as it was
   * @return a JPEG without metadata
   * @throws CorruptImageException if it cannot be decoded, is over a limit or of a shape that
   *     cannot be shrunk
   */
  public byte[] shrink(ByteBuffer encoded) throws CorruptImageException {
    Tools tools = take();
    try {
      return shrink(encoded, tools);
    } finally {
      giveBack(tools);
    }
  }

  /**
   * Shrinks an image, and decodes the result to see what encoding has cost.
   *
   * @param encoded the whole image; its position is left as it was
   * @throws CorruptImageException if it cannot be decoded, is over a limit or of a shape that
   *     cannot be shrunk
   */
  public Shrunk shrinkAndCompare(ByteBuffer encoded) throws CorruptImageException {
    Tools tools = take();
    try {
      byte[] jpeg = shrink(encoded, tools);
      Pixels seen = tools.checker.decode(ByteBuffer.wrap(jpeg));
      return new Shrunk(jpeg, Psnr.of(tools.canvas.toPixels(), seen));
    } finally {
      giveBack(tools);
    }
  }

  private byte[] shrink(ByteBuffer encoded, Tools tools) throws CorruptImageException {
    try {
      tools.decoder.decode(encoded, window, false, tools.canvas);
      return JpegEncoder.encode(tools.canvas, quality);
    } catch (IllegalArgumentException e) { // by the window, or of a side that no JPEG has
      throw new CorruptImageException("the image cannot be shrunk: " + e.getMessage());
    }
  }

  private Tools take() {
    Tools tools = idle.poll();
    return tools == null
        ? new Tools(
            ImageDecoders.open(limits), ImageDecoders.open(ImageLimits.DEFAULT), new Canvas())
        : tools;
  }

  private void giveBack(Tools tools) {
    idle.add(tools);
    if (closed) {
      close();
    }
  }

  /** Frees what is not in use; what is in use then, when it is done. */
  @Override
  public void close() {
    closed = true;
    for (Tools tools = idle.poll(); tools != null; tools = idle.poll()) {
      tools.close();
    }
  }
}
