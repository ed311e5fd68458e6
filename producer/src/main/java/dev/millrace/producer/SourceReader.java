package dev.millrace.producer;

import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegShrinker;
import dev.millrace.producer.dataset.LabeledImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads images as they are published: as they are, or shrunk. May be used by several threads. Files
 * over the limit are shrunk one at a time, as one may take 1 GiB of memory.
 */
final class SourceReader implements AutoCloseable {
  private static final int THREADS = 4; // a disk's reads at a time

  private final int maxImageBytes;
  private final Shrinking shrinking;
  private final JpegShrinker shrinker;
  private final ReentrantLock larger = new ReentrantLock();
  private final AtomicLong shrunkLarger = new AtomicLong();

  SourceReader(int maxImageBytes, Shrinking shrinking) {
    this.maxImageBytes = maxImageBytes;
    this.shrinking = shrinking;
    this.shrinker = shrinker();
  }

  private JpegShrinker shrinker() {
    ImageLimits limits =
        new ImageLimits(Shrinking.MOST_SOURCE_BYTES, ImageLimits.DEFAULT.maxPixels());
    return new JpegShrinker(limits, shrinking.window(), shrinking.quality());
  }

  /** How many threads are of use. */
  int threads() {
    return shrinking.shrinksAll()
        ? Math.max(THREADS, Runtime.getRuntime().availableProcessors())
        : THREADS;
  }

  /** Number of files over the limit that were shrunk. */
  long shrunkLarger() {
    return shrunkLarger.get();
  }

  /** Reads one image to be published as a record; what is wrong with it stands in the result. */
  ReadImage read(int sequence, LabeledImage image, ImageRecords records) {
    long size = -1;
    try {
      size = image.length();
      if (size <= maxImageBytes) {
        boolean shrinks = shrinking.shrinksAll();
        int room = shrinks ? 0 : records.head(image, sequence, (int) size).length;
        byte[] bytes = image.read(room, maxImageBytes + 1); // it may have grown since
        size = (long) bytes.length - room;
        if (size == 0) {
          return ReadImage.failed(sequence, image, size, "the file is empty");
        }
        if (size <= maxImageBytes) {
          return shrinks
              ? shrunk(sequence, image, size, shrunk(bytes, shrinker))
              : new ReadImage(sequence, image, bytes, room, size, null);
        }
      }
      return readLarger(sequence, image, size);
    } catch (CorruptImageException e) {
      String limit = size > maxImageBytes ? limit(size) + ", and it" : "the image";
      String reason =
          "%s cannot be shrunk (%s): %s".formatted(limit, shrinking.option(), e.getMessage());
      return ReadImage.failed(sequence, image, size, reason);
    } catch (IOException e) {
      return ReadImage.failed(sequence, image, size, "the file cannot be read: " + e);
    }
  }

  private ReadImage readLarger(int sequence, LabeledImage image, long size)
      throws IOException, CorruptImageException {
    if (!shrinking.shrinksLarger()) {
      return ReadImage.failed(sequence, image, size, limit(size));
    }
    if (size > Shrinking.MOST_SOURCE_BYTES) {
      String reason =
          "%s; one that is shrunk (%s) may have %d"
              .formatted(limit(size), shrinking.option(), Shrinking.MOST_SOURCE_BYTES);
      return ReadImage.failed(sequence, image, size, reason);
    }
    larger.lock();
    // Not the one that lives on: its memory grows with the largest image.
    try (JpegShrinker once = shrinker()) {
      ReadImage read =
          shrunk(sequence, image, size, shrunk(image.read(Shrinking.MOST_SOURCE_BYTES), once));
      if (read.failure() == null) {
        shrunkLarger.incrementAndGet();
      }
      return read;
    } finally {
      larger.unlock();
    }
  }

  private static byte[] shrunk(byte[] encoded, JpegShrinker shrinker) throws CorruptImageException {
    return shrinker.shrink(ByteBuffer.wrap(encoded));
  }

  private ReadImage shrunk(int sequence, LabeledImage image, long size, byte[] bytes) {
    if (bytes.length > maxImageBytes) {
      String reason =
          "%s, and %d when it is shrunk (%s)"
              .formatted(limit(size), bytes.length, shrinking.option());
      return ReadImage.failed(sequence, image, size, reason);
    }
    return new ReadImage(sequence, image, bytes, 0, bytes.length, null);
  }

  private String limit(long size) {
    return "the file may have %d bytes at most (--max-image-size), found %d"
        .formatted(maxImageBytes, size);
  }

  @Override
  public void close() {
    shrinker.close();
  }
}
