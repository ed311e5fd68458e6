package dev.millrace.producer.prepare;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegShrinker;
import dev.millrace.imaging.JpegShrinker.Shrunk;
import dev.millrace.imaging.Window;
import dev.millrace.producer.UnreadableLimit;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.DatasetException;
import dev.millrace.producer.dataset.ImagePass;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.producer.dataset.PreparedClasses;
import dev.millrace.producer.prepare.PreparedImages.PreparedImage;
import dev.millrace.producer.prepare.ShardPlan.Shard;
import dev.millrace.producer.survey.BrokenImage;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Writes a dataset once more: WebDataset shards of small square JPEGs, a file of the classes, and
 * one of the images that were left out. After any stop it goes on with the shards that are missing.
 * The same dataset and options give the same bytes, whatever the number of threads and stops. Keeps
 * in memory, for each thread, one image that is read and up to eight that are prepared.
 */
public final class Preparation {
  /** Name of the file that lists the images that were left out, with the reasons. */
  public static final String BROKEN_FILE = "millrace-broken.tsv";

  private static final int AHEAD = 8; // of each thread

  private final Dataset dataset;
  private final Path root;
  private final PrepareOptions options;
  private final int threads;
  private final AtomicLong passed = new AtomicLong();
  private final UnreadableLimit limit = new UnreadableLimit();
  private volatile boolean stopping;

  /**
   * Plans it; nothing happens before {@link #run}.
   *
   * @param dataset stays the caller's to close
   * @param root the folder to write to: new, empty, or that of an earlier run
   * @param threads at least 1
   */
  public Preparation(Dataset dataset, Path root, PrepareOptions options, int threads) {
    this.dataset = dataset;
    this.root = root;
    this.options = options;
    this.threads = threads;
  }

  /** Number of images that this run and those before it have passed. From any thread. */
  public long passed() {
    return passed.get();
  }

  /** Number of images to pass in all. */
  public long total() {
    return (long) dataset.size(Split.TRAIN) + dataset.size(Split.VALIDATION);
  }

  /** Makes {@link #run} return soon; shards that are complete stay and count. From any thread. */
  public void stop() {
    stopping = true;
  }

  /**
   * Writes the shards that are missing.
   *
   * @throws PrepareException if the folder is not to be written to
   * @throws IOException if it cannot be written, or most images cannot be read
   * @throws InterruptedException if the thread is interrupted
   */
  public PrepareSummary run() throws PrepareException, IOException, InterruptedException {
    byte[] classes = classes();
    ImageLimits limits = new ImageLimits(options.maxImageBytes(), ImageLimits.DEFAULT.maxPixels());
    try (PreparedFolder folder = PreparedFolder.open(root, Manifest.begin(options, dataset));
        JpegShrinker shrinker =
            new JpegShrinker(limits, Window.centre(options.size()), options.quality());
        ExecutorService pool =
            Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("prepare-", 0).daemon().factory())) {
      for (Split split : Split.values()) {
        write(split, folder, shrinker, pool);
      }
      if (!stopping) {
        folder.write(BROKEN_FILE, broken(folder.shards()));
        folder.write(PreparedClasses.FILE, classes); // now it is complete
      }
      return PrepareSummary.of(folder.shards(), !stopping);
    } catch (IOException e) {
      throw new IOException(
          "Cannot prepare images into %s: %s; when that is mended, the same command goes on"
              .formatted(root, e.getMessage()),
          e);
    }
  }

  private byte[] classes() throws PrepareException {
    try {
      return new PreparedClasses(dataset.synsets(), dataset.names()).content();
    } catch (DatasetException e) {
      throw new PrepareException(String.valueOf(e.getMessage()), e);
    }
  }

  // Validation images are shuffled, too, so that the classes are mixed in every shard.
  private void write(
      Split split, PreparedFolder folder, JpegShrinker shrinker, ExecutorService pool)
      throws IOException, InterruptedException {
    List<Shard> missing = new ArrayList<>();
    BitSet wanted = new BitSet();
    for (Shard shard : ShardPlan.of(split, dataset.size(split), options.imagesPerShard())) {
      if (folder.has(shard.name())) {
        passed.addAndGet(shard.size());
      } else {
        missing.add(shard);
        wanted.set(shard.from(), shard.to());
      }
    }
    try (ImagePass pass =
        dataset.readShuffled(split, options.seed(), 0, options.maxImageBytes(), wanted::get)) {
      for (Shard shard : missing) {
        if (!stopping) {
          write(shard, pass, folder, shrinker, pool);
        }
      }
    }
  }

  private void write(
      Shard shard,
      ImagePass pass,
      PreparedFolder folder,
      JpegShrinker shrinker,
      ExecutorService pool)
      throws IOException, InterruptedException {
    Iterator<LabeledImage> images =
        IntStream.range(shard.from(), shard.to()).mapToObj(pass::image).iterator();
    ShardTally tally = new ShardTally();
    try (ShardWriter writer = new ShardWriter(folder.file(shard.name()));
        PreparedImages prepared =
            new PreparedImages(images, AHEAD * threads, shrinker, options.maxImageBytes(), pool)) {
      while (prepared.hasNext()) {
        if (stopping) {
          return;
        }
        add(prepared.next(), writer, tally);
        passed.incrementAndGet();
      }
      folder.add(tally.of(shard.name(), writer.finish()));
    }
  }

  private void add(PreparedImage prepared, ShardWriter writer, ShardTally tally)
      throws IOException {
    LabeledImage image = prepared.image();
    Shrunk shrunk = prepared.shrunk();
    if (shrunk != null) {
      writer.add(image.id(), image.label(), shrunk.jpeg());
      tally.add(image, prepared.sourceBytes(), shrunk);
      limit.read();
      return;
    }
    tally.leaveOut(image, String.valueOf(prepared.failure()));
    if (limit.unreadable()) {
      throw new IOException(
          "at most half of the images may be broken, found %s; the latest: %s: %s. Is the disk there?"
              .formatted(limit, image.source(), prepared.failure()));
    }
  }

  private static byte[] broken(List<PreparedShard> shards) {
    StringBuilder lines = new StringBuilder();
    for (PreparedShard shard : shards) {
      for (BrokenImage image : shard.broken()) {
        lines
            .append(inOneLine(image.source()))
            .append('\t')
            .append(inOneLine(image.reason()))
            .append('\n');
      }
    }
    return lines.toString().getBytes(UTF_8);
  }

  private static String inOneLine(String text) {
    return text.replaceAll("[\t\r\n]", " ");
  }
}
