package dev.millrace.producer.upload;

import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Decodes images to see whether they are sound: two at a time, since the pixels of a large one take
 * much memory. For several threads.
 */
final class UploadDecoders implements AutoCloseable {
  private static final int DECODERS = 2;

  private final BlockingQueue<ImageDecoder> idle = new ArrayBlockingQueue<>(DECODERS);

  UploadDecoders(int maxImageBytes) {
    ImageLimits limits = new ImageLimits(maxImageBytes, ImageLimits.DEFAULT.maxPixels());
    for (int i = 0; i < DECODERS; i++) {
      idle.add(ImageDecoders.open(limits));
    }
  }

  /**
   * Decodes an image.
   *
   * @param name for the message
   * @throws RefusedUploadException if it is none that could be trained on
   */
  void requireSound(byte[] bytes, String name) throws RefusedUploadException, InterruptedException {
    ImageDecoder decoder = idle.take();
    try {
      decoder.decode(ByteBuffer.wrap(bytes));
    } catch (CorruptImageException e) {
      throw new RefusedUploadException(422, "%s: %s".formatted(name, e.getMessage()));
    } finally {
      idle.add(decoder);
    }
  }

  @Override
  public void close() {
    List<ImageDecoder> all = new ArrayList<>();
    idle.drainTo(all);
    all.forEach(ImageDecoder::close);
  }
}
