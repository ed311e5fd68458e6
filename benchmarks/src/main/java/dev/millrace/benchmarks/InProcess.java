package dev.millrace.benchmarks;

import dev.millrace.augmenter.Augmentation;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegShrinker;
import dev.millrace.imaging.Window;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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

  /** What is done to an image. */
  interface Work {
    void apply(ByteBuffer image, int epoch, String id) throws CorruptImageException;
  }

  /** Prepares work for one thread. */
  interface Worker {
    Work with(ImageDecoder decoder);
  }

  InProcess(List<ByteBuffer> images, double seconds) {
    this.images = List.copyOf(images);
    this.nanos = (long) (seconds * 1e9);
    this.warmUpNanos = nanos / 2;
  }

  /** Decoding all of the image, and nothing else. */
  static Worker decoding() {
    return decoder -> {
      Canvas canvas = new Canvas();
      return (image, _, _) -> decoder.decode(image, Window.whole(), false, canvas);
    };
  }

  /** Decoding, augmenting, and copying the result into an array of its own. */
  static Worker augmenting(Recipe recipe) {
    return decoder -> {
      Augmentation augmentation = new Augmentation(recipe, decoder);
      return (image, epoch, id) -> augmentation.apply(image, Split.TRAIN, epoch, id);
    };
  }

  /** These images shrunk to 256 x 256 and encoded again, as the paper stored them. */
  InProcess prepared() throws CorruptImageException {
    List<ByteBuffer> prepared = new ArrayList<>();
    try (JpegShrinker shrinker =
        new JpegShrinker(ImageLimits.DEFAULT, Window.centre(PREPARED), PREPARED_QUALITY)) {
      for (ByteBuffer image : images) {
        prepared.add(ByteBuffer.wrap(shrinker.shrink(image)));
      }
    }
    return new InProcess(prepared, nanos / 1e9);
  }

  /** Writes the images as files of two classes; fewer are no dataset. */
  Path write(Path folder) throws IOException {
    for (int i = 0; i < images.size(); i++) {
      Path one = Files.createDirectories(folder.resolve("class-" + i % 2));
      Files.write(one.resolve("%07d.jpg".formatted(i)), bytes(images.get(i)));
    }
    return folder;
  }

  private static byte[] bytes(ByteBuffer image) {
    byte[] bytes = new byte[image.remaining()];
    image.duplicate().get(bytes);
    return bytes;
  }

  Measurement run(String name, int threads, Worker worker)
      throws ExecutionException, InterruptedException {
    run(threads, worker, warmUpNanos);
    Meter meter = new Meter();
    long done = run(threads, worker, nanos);
    return meter.read(name, threads, done);
  }

  private long run(int threads, Worker worker, long duration)
      throws ExecutionException, InterruptedException {
    long end = System.nanoTime() + duration;
    List<Future<Long>> running = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        int first = t * images.size() / threads;
        running.add(pool.submit(() -> work(first, worker, end)));
      }
      long done = 0;
      for (Future<Long> one : running) {
        done += one.get();
      }
      return done;
    }
  }

  private long work(int first, Worker worker, long end) throws CorruptImageException {
    long done = 0;
    try (ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      Work work = worker.with(decoder);
      while (System.nanoTime() < end) {
        int index = (int) ((first + done) % images.size());
        work.apply(images.get(index), (int) (done / images.size()), Integer.toString(index));
        done++;
      }
    }
    return done;
  }
}
