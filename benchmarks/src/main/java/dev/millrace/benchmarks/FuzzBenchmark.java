package dev.millrace.benchmarks;

import dev.millrace.augmenter.Augmentation;
import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.CropPolicy;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether damaged images do any harm. */
@Command(
    name = "benchmarks/run fuzz",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Augments images that were damaged at random, whole and in part, by the decoders that"
          + " augmenters use, native ones too. Each must become a tensor or be refused with a reason:"
          + " anything else is written to a file and counted as a failure; a crash of native code"
          + " ends the process. The process' memory must not grow.",
      "The same seed makes the same cases."
    })
public final class FuzzBenchmark implements Callable<Integer> {
  private static final long KIB = 1 << 10;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder or tar of images of any kind to damage; all of it is held in memory.")
  private Path data = Path.of("");

  @Option(
      names = "--cases",
      paramLabel = "N",
      defaultValue = "100000",
      description = "Damaged images to try. Default: ${DEFAULT-VALUE}.")
  private int cases = 100_000;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Default: 1.")
  private long seed = 1;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that try. Default: one a processor.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--failures",
      paramLabel = "DIR",
      defaultValue = "fuzz-failures",
      description = "Where failing cases are written. Default: ${DEFAULT-VALUE}.")
  private Path failures = Path.of("fuzz-failures");

  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final LongAdder done = new LongAdder();
  private final LongAdder decoded = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder failed = new LongAdder();

  private FuzzBenchmark() {}

  /** Tries; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new FuzzBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    List<byte[]> images = images();
    images.addAll(OtherFormats.of(images));
    out().printf("%,d images to damage%n", images.size());
    out().flush();
    run(images, cases / 10); // buffers grow to their size
    long before = residentBytes();
    long warmedUp = done.sum();
    run(images, cases);
    long grown = residentBytes() - before;
    out()
        .printf(
            "%,d cases: %,d decoded, %,d refused, %,d failures; resident memory grew by %,d KiB%n",
            done.sum() - warmedUp, decoded.sum(), refused.sum(), failed.sum(), grown / KIB);
    out().flush();
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("fuzz.cases", (double) (done.sum() - warmedUp));
    figures.put("fuzz.decoded", (double) decoded.sum());
    figures.put("fuzz.refused", (double) refused.sum());
    figures.put("fuzz.failures", (double) failed.sum());
    figures.put("fuzz.rss_growth_kib", (double) grown / KIB);
    results.write(new ResultFile("fuzz", data), figures);
    return failed.sum() == 0 ? 0 : 1;
  }

  private List<byte[]> images() throws Exception {
    List<byte[]> images = new ArrayList<>();
    try (Dataset dataset = Dataset.open(data, 0, 1)) {
      for (int i = 0; i < dataset.size(Split.TRAIN); i++) {
        images.add(dataset.image(Split.TRAIN, i).read((int) ImageLimits.DEFAULT.maxBytes()));
      }
    }
    return images;
  }

  private void run(List<byte[]> images, int count) throws Exception {
    decoded.reset();
    refused.reset();
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (int t = 0; t < threads; t++) {
        int thread = t;
        running.add(pool.submit(() -> work(images, thread, count)));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }

  // Case i is the same whatever the number of threads.
  private void work(List<byte[]> images, int first, int count) {
    AugmenterOptions.Builder options =
        AugmenterOptions.builder().brightness(0.4).contrast(0.4).saturation(0.4).hue(0.1);
    // Less than what a header may claim, so that memory is bounded.
    ImageLimits limits = new ImageLimits(16 << 20, 16_000_000);
    try (ImageDecoder decoder = ImageDecoders.open(limits)) {
      List<Augmentation> all =
          List.of(
              new Augmentation(Recipe.of(options.build()), decoder),
              new Augmentation(
                  Recipe.of(options.policy(CropPolicy.RANDOM_RESIZED_CROP).build()), decoder));
      for (int i = first; i < count; i += threads) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + i);
        byte[] damaged = Damage.of(images, random);
        attempt(damaged, i, all.get(i % all.size()));
      }
    }
  }

  private void attempt(byte[] damaged, int number, Augmentation augmentation) {
    done.increment();
    try {
      Split split = number % 5 == 0 ? Split.VALIDATION : Split.TRAIN;
      augmentation.apply(ByteBuffer.wrap(damaged), split, 0, Integer.toString(number));
      decoded.increment();
    } catch (CorruptImageException e) {
      refused.increment();
    } catch (RuntimeException | Error e) {
      failed.increment();
      keep(damaged, number, e);
    }
  }

  private synchronized void keep(byte[] damaged, int number, Throwable thrown) {
    try {
      Files.createDirectories(failures);
      Path file = failures.resolve("case-%d-%d".formatted(seed, number));
      Files.write(file, damaged);
      out().printf("%s: %s%n", file, thrown);
      for (StackTraceElement frame : thrown.getStackTrace()) {
        out().printf("    at %s%n", frame);
      }
      out().flush();
    } catch (IOException e) {
      throw new IllegalStateException("Cannot write the failing case to " + failures, e);
    }
  }

  /** Resident memory of this process, native memory included; 0 where Linux does not tell it. */
  private static long residentBytes() throws IOException {
    System.gc();
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB;
      }
    }
    return 0;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
