package dev.millrace.producer;

import dev.millrace.producer.dataset.ArchiveException;
import dev.millrace.producer.dataset.ImagePass;
import dev.millrace.producer.dataset.LabeledImage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntPredicate;

/**
 * Reads the images of one epoch in their order, a few ahead of the one that is wanted: at most 20
 * files are in memory. Each thread reads several in a row, as to wake a thread can cost more than
 * to read a file.
 */
final class ReadAhead implements AutoCloseable {
  private static final int AHEAD = 16;

  private final ExecutorService readers;
  private final int inRow;
  private final Deque<Future<List<ReadImage>>> started = new ArrayDeque<>();
  private final Deque<ReadImage> read = new ArrayDeque<>();
  private final ImagePass pass;
  private final ImageRecords records;
  private final IntPredicate wanted;
  private final SourceReader reader;
  private int next;

  /**
   * Begins to read.
   *
   * @param pass is closed with this
   * @param records that the images are to become
   * @param wanted tells which sequences are to be read; the others were published before
   */
  ReadAhead(ImagePass pass, SourceReader reader, ImageRecords records, IntPredicate wanted) {
    this.pass = pass;
    this.reader = reader;
    this.records = records;
    this.wanted = wanted;
    int threads = Math.min(AHEAD, reader.threads());
    this.inRow = AHEAD / threads;
    this.readers =
        Executors.newFixedThreadPool(
            threads, Thread.ofPlatform().name("read-", 0).daemon().factory());
    fill();
  }

  boolean hasNext() {
    return !read.isEmpty() || !started.isEmpty();
  }

  /** Waits until the next image has been read, or a limit is over; whether it has. */
  boolean awaitNext(Duration limit) throws InterruptedException {
    Future<List<ReadImage>> first = started.peek();
    try {
      if (read.isEmpty() && first != null) {
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
    try {
      if (read.isEmpty()) {
        read.addAll(started.remove().get());
        fill();
      }
      return read.remove();
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
    while (started.size() * inRow < AHEAD && next < pass.size()) {
      List<Callable<ReadImage>> row = new ArrayList<>(inRow);
      while (row.size() < inRow && next < pass.size()) {
        int sequence = next++;
        if (wanted.test(sequence)) {
          LabeledImage image = pass.image(sequence);
          row.add(() -> reader.read(sequence, image, records));
        }
      }
      if (!row.isEmpty()) {
        started.add(readers.submit(() -> readAll(row)));
      }
    }
  }

  private static List<ReadImage> readAll(List<Callable<ReadImage>> row) throws Exception {
    List<ReadImage> images = new ArrayList<>(row.size());
    for (Callable<ReadImage> one : row) {
      images.add(one.call());
    }
    return images;
  }
}
