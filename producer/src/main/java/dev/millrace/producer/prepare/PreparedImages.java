package dev.millrace.producer.prepare;

import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.JpegShrinker;
import dev.millrace.imaging.JpegShrinker.Shrunk;
import dev.millrace.producer.dataset.ArchiveException;
import dev.millrace.producer.dataset.LabeledImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Prepares images on several threads and hands them on in their order; only so many are ahead of
 * the one that is wanted.
 */
final class PreparedImages implements AutoCloseable {
  private final Iterator<LabeledImage> images;
  private final int ahead;
  private final JpegShrinker shrinker;
  private final int maxImageBytes;
  private final ExecutorService threads;
  private final Deque<Future<PreparedImage>> started = new ArrayDeque<>();

  /**
   * An image, or why there is none.
   *
   * @param sourceBytes its length before
   * @param shrunk null when it failed
   * @param failure null when it did not
   */
  record PreparedImage(
      LabeledImage image, long sourceBytes, @Nullable Shrunk shrunk, @Nullable String failure) {}

  /**
   * Begins with the first ones.
   *
   * @param threads that work is done on; they stay the caller's
   */
  PreparedImages(
      Iterator<LabeledImage> images,
      int ahead,
      JpegShrinker shrinker,
      int maxImageBytes,
      ExecutorService threads) {
    this.images = images;
    this.ahead = ahead;
    this.shrinker = shrinker;
    this.maxImageBytes = maxImageBytes;
    this.threads = threads;
    fill();
  }

  boolean hasNext() {
    return !started.isEmpty();
  }

  PreparedImage next() throws InterruptedException {
    Future<PreparedImage> first = started.remove();
    fill();
    try {
      return first.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ArchiveException lost
          ? lost
          : new IllegalStateException("Cannot prepare an image", e.getCause());
    }
  }

  private void fill() {
    while (started.size() < ahead && images.hasNext()) {
      LabeledImage image = images.next();
      started.add(threads.submit(() -> prepare(image)));
    }
  }

  private PreparedImage prepare(LabeledImage image) {
    long size = 0;
    try {
      byte[] bytes = image.read((int) Math.min(Integer.MAX_VALUE - 8, maxImageBytes + 1L));
      size = bytes.length;
      return new PreparedImage(
          image, size, shrinker.shrinkAndCompare(ByteBuffer.wrap(bytes)), null);
    } catch (CorruptImageException e) {
      return new PreparedImage(image, size, null, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return new PreparedImage(image, size, null, "the file cannot be read: " + e);
    }
  }

  /** Gives up those that nobody has begun to work on. */
  @Override
  public void close() {
    started.forEach(one -> one.cancel(false));
  }
}
