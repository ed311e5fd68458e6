package dev.millrace.producer;

import dev.millrace.producer.dataset.ArchiveException;
import dev.millrace.producer.dataset.ImagePass;
import dev.millrace.producer.dataset.LabeledImage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the images of one epoch in their order, a few ahead of the one that is wanted: at most 16
 * files are in memory.
 */
final class ReadAhead implements AutoCloseable {
  private static final int AHEAD = 16;

  private final ExecutorService readers;
  private final Deque<Future<ReadImage>> started = new ArrayDeque<>();
  private final ImagePass pass;
  private final IntPredicate wanted;
  private final SourceReader reader;
  private int next;

  /**
   * An image and its bytes, or why there are none.
   *
   * @param bytes as they are published
   * @param size their number; of one that failed, the file's, or -1 when even that is not known
   * @param failure null when it was read
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record ReadImage(
      int sequence, LabeledImage image, byte[] bytes, long size, @Nullable String failure) {}

  /**
   * Begins to read.
   *
   * @param pass is closed with this
   * @param wanted tells which sequences are to be read; the others were published before
   */
  ReadAhead(ImagePass pass, SourceReader reader, IntPredicate wanted) {
    this.pass = pass;
    this.reader = reader;
    this.wanted = wanted;
    this.readers =
        Executors.newFixedThreadPool(
            Math.min(AHEAD, reader.threads()),
            Thread.ofPlatform().name("read-", 0).daemon().factory());
    fill();
  }

  boolean hasNext() {
    return !started.isEmpty();
  }

  /** Waits until the next image has been read, or a limit is over; whether it has. */
  boolean awaitNext(Duration limit) throws InterruptedException {
    Future<ReadImage> first = started.peek();
    try {
      if (first != null) {
        first.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true; // next() tells
    }
  }

  ReadImage next() throws InterruptedException {
    Future<ReadImage> first = started.poll();
    if (first == null) {
      throw new NoSuchElementException("the epoch has no more images");
    }
    fill();
    try {
      return first.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ArchiveException lost
          ? new PublishException(String.valueOf(lost.getMessage()), lost)
          : new PublishException("Cannot read an image", e);
    }
  }

  /** Lets what is being read run out: an interrupt would close a tar archive under its readers. */
  @Override
  public void close() {
    started.forEach(reading -> reading.cancel(false));
    readers.shutdown();
    pass.close();
  }

  private void fill() {
    while (started.size() < AHEAD && next < pass.size()) {
      int sequence = next++;
      if (wanted.test(sequence)) {
        LabeledImage image = pass.image(sequence);
        started.add(readers.submit(() -> reader.read(sequence, image)));
      }
    }
  }
}
