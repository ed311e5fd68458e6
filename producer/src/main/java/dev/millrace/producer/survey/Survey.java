package dev.millrace.producer.survey;

import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Pixels;
import dev.millrace.producer.dataset.ArchiveException;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.ImagePass;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.producer.survey.SurveyReport.ClassCount;
import dev.millrace.producer.survey.SurveyReport.Spread;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Reads and decodes every image of a dataset, on all processors. Takes 12 bytes of memory an image,
 * and one image a processor.
 */
public final class Survey {
  private static final int MOST_EXAMPLES = 100;

  private final Dataset dataset;
  private final ImageLimits limits;
  private final int[] sizes; // 0 for a broken one
  private final int[] widths;
  private final int[] heights;
  private final AtomicLong looked = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();
  private final List<BrokenImage> examples = new ArrayList<>();
  private volatile boolean stopping;

  /**
   * Prepares it.
   *
   * @param dataset stays the caller's to close
   * @param limits images over them are broken
   */
  public Survey(Dataset dataset, ImageLimits limits) {
    this.dataset = dataset;
    this.limits = limits;
    int images = dataset.size(Split.TRAIN) + dataset.size(Split.VALIDATION);
    this.sizes = new int[images];
    this.widths = new int[images];
    this.heights = new int[images];
  }

  /** Number of images looked at so far. From any thread. */
  public long looked() {
    return looked.get();
  }

  /** Makes {@link #run} return soon with what was found so far. From any thread. */
  public void stop() {
    stopping = true;
  }

  /**
   * Looks at all images.
   *
   * @throws InterruptedException if the thread is interrupted
   */
  public SurveyReport run() throws InterruptedException {
    int threads = Runtime.getRuntime().availableProcessors();
    try (ExecutorService lookers = Executors.newFixedThreadPool(threads)) {
      int first = 0;
      for (Split split : Split.values()) {
        lookAtAll(split, first, threads, lookers);
        first += dataset.size(split);
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ArchiveException lost
          ? lost
          : new IllegalStateException("Cannot look at the images", e.getCause());
    }
    return report();
  }

  private void lookAtAll(Split split, int first, int threads, ExecutorService lookers)
      throws ExecutionException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    try (ImagePass pass = dataset.readStored(split, mostBytes(), _ -> true)) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(lookers.submit(() -> look(pass, first, next)));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
  }

  private void look(ImagePass pass, int first, AtomicInteger next) {
    try (ImageDecoder decoder = ImageDecoders.open(limits)) {
      for (int i = next.getAndIncrement();
          i < pass.size() && !stopping;
          i = next.getAndIncrement()) {
        look(pass.image(i), first + i, decoder);
        looked.incrementAndGet();
      }
    }
  }

  private int mostBytes() {
    return (int) Math.min(Integer.MAX_VALUE - 8, limits.maxBytes() + 1);
  }

  private void look(LabeledImage image, int index, ImageDecoder decoder) {
    try {
      byte[] bytes = image.read(mostBytes());
      Pixels pixels = decoder.decode(ByteBuffer.wrap(bytes));
      sizes[index] = bytes.length;
      widths[index] = pixels.width();
      heights[index] = pixels.height();
    } catch (CorruptImageException e) {
      broken(image, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      broken(image, "the file cannot be read: " + e);
    }
  }

  private void broken(LabeledImage image, String reason) {
    broken.incrementAndGet();
    synchronized (examples) {
      if (examples.size() < MOST_EXAMPLES) {
        examples.add(new BrokenImage(image.source(), reason));
      }
    }
  }

  private SurveyReport report() {
    List<Map<Split, Integer>> counts = new ArrayList<>();
    dataset.synsets().forEach(_ -> counts.add(new EnumMap<>(Split.class)));
    for (Split split : Split.values()) {
      for (int i = 0; i < dataset.size(split); i++) {
        counts.get(dataset.image(split, i).label()).merge(split, 1, Integer::sum);
      }
    }
    List<ClassCount> classes = new ArrayList<>();
    for (int label = 0; label < counts.size(); label++) {
      classes.add(
          new ClassCount(
              dataset.synsets().get(label), dataset.names().get(label), counts.get(label)));
    }
    return new SurveyReport(
        classes,
        spread(sizes),
        spread(widths),
        spread(heights),
        Arrays.stream(sizes).asLongStream().sum(),
        broken.get(),
        List.copyOf(examples),
        dataset.skippedFiles());
  }

  private static Spread spread(int[] values) {
    int[] sorted = Arrays.stream(values).filter(value -> value > 0).sorted().toArray();
    return sorted.length == 0
        ? new Spread(0, 0, 0)
        : new Spread(sorted[0], sorted[(sorted.length - 1) / 2], sorted[sorted.length - 1]);
  }
}
