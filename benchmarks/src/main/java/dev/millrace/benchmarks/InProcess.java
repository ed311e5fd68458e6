package dev.millrace.benchmarks;

import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.Resize;
import dev.millrace.schemas.Split;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Decoding and augmenting in memory: neither Kafka nor a disk has a part in it. */
final class InProcess {
  private static final int PREPARED = 256;
  private static final int PREPARED_QUALITY = 90;

  private final List<ByteBuffer> images;
  private final long warmUpNanos;
  private final long nanos;

  /** What is done to a decoded image. */
  interface Work {
    void apply(Pixels pixels, int epoch, String id);
  }

  InProcess(List<ByteBuffer> images, double seconds) {
    this.images = List.copyOf(images);
    this.nanos = (long) (seconds * 1e9);
    this.warmUpNanos = nanos / 2;
  }

  /** Nothing: for decoding alone. */
  static Work nothing() {
    return (_, _, _) -> {};
  }

  static Work recipe(Recipe recipe) {
    return (pixels, epoch, id) -> recipe.apply(pixels, Split.TRAIN, epoch, id);
  }

  /** These images shrunk to 256 x 256 and encoded again, as the paper stored them. */
  InProcess prepared() throws CorruptImageException {
    List<ByteBuffer> prepared = new ArrayList<>();
    Crop whole = new Crop(0, 0, PREPARED, PREPARED);
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      for (ByteBuffer image : images) {
        Pixels shrunk = Resize.shorterSide(decoder.decode(image), PREPARED, PREPARED, whole);
        prepared.add(ByteBuffer.wrap(JpegEncoder.encode(shrunk, PREPARED_QUALITY)));
      }
    }
    return new InProcess(prepared, nanos / 1e9);
  }

  Measurement run(String name, int threads, Work work)
      throws ExecutionException, InterruptedException {
    run(threads, work, warmUpNanos);
    Meter meter = new Meter();
    long done = run(threads, work, nanos);
    return meter.read(name, threads, done);
  }

  private long run(int threads, Work work, long duration)
      throws ExecutionException, InterruptedException {
    long end = System.nanoTime() + duration;
    List<Future<Long>> running = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        int first = t * images.size() / threads;
        running.add(pool.submit(() -> work(first, work, end)));
      }
      long done = 0;
      for (Future<Long> one : running) {
        done += one.get();
      }
      return done;
    }
  }

  private long work(int first, Work work, long end) throws CorruptImageException {
    long done = 0;
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      while (System.nanoTime() < end) {
        int index = (int) ((first + done) % images.size());
        Pixels pixels = decoder.decode(images.get(index));
        work.apply(pixels, (int) (done / images.size()), Integer.toString(index));
        done++;
      }
    }
    return done;
  }
}
