package dev.millrace.benchmarks;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import dev.millrace.benchmarks.SourceArchives.Packing;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.DatasetOptions;
import dev.millrace.producer.dataset.ImagePass;
import dev.millrace.producer.dataset.Location;
import dev.millrace.schemas.Split;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How fast images are read out of archives. */
@Command(
    name = "benchmarks/run sources",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes images into WebDataset shards: plain, .tar.gz and .tar.zst; and reads an epoch of them in"
          + " its order, from the disk (the page cache, where there is room) and, plain, from a web"
          + " server in the same process.",
      "To list the shards, which reads those whole that are streams, is not counted."
    })
public final class SourcesBenchmark implements Callable<Integer> {
  private static final int MOST = 64 << 20;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder or tar of images with labels.")
  private Path data = Path.of("");

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "6000",
      description = "Images of an epoch; all are on the disk at a time. Default: ${DEFAULT-VALUE}.")
  private int images = 6000;

  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Map<String, Double> figures = new LinkedHashMap<>();

  private SourcesBenchmark() {}

  /** Measures; exits with 0, or 2 when the arguments are wrong, or 1 when anything fails. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new SourcesBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    say(Measurement.header());
    try (Dataset dataset = Dataset.open(data, 0, 1)) {
      SourceArchives archives = new SourceArchives(dataset, images);
      for (Packing packing : Packing.values()) {
        try (Folder folder = Folder.temporary()) {
          archives.write(folder.path(), packing);
          measure("tar" + packing.ending(), new Location.Local(folder.path()));
          if (packing == Packing.PLAIN) {
            serve(folder.path());
          }
        }
      }
    }
    figures.forEach((name, figure) -> say("%-60s %14.3f".formatted(name, figure)));
    results.write(new ResultFile("sources", data), figures);
    return 0;
  }

  private void serve(Path folder) throws Exception {
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), folder, OutputLevel.NONE);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.setExecutor(threads); // several shards are read at a time
      server.start();
      int port = server.getAddress().getPort();
      measure(
          "tar.http", Location.parse("http://127.0.0.1:%d/shard-{000..007}.tar".formatted(port)));
    } finally {
      server.stop(0);
    }
  }

  // Twice: the first time to warm up.
  private void measure(String name, Location location) throws Exception {
    try (Dataset dataset = Dataset.open(location, new DatasetOptions(0, 1), new LongAdder())) {
      read(dataset, 0);
      Meter meter = new Meter();
      long bytes = read(dataset, 1);
      Measurement measured = meter.read(name, 1, dataset.size(Split.TRAIN));
      say(measured.line());
      figures.put("sources.%s.mb_s".formatted(name), bytes / measured.seconds() / 1e6);
      figures.put("sources.%s.cpu_ms".formatted(name), 1000 / measured.perCpuSecond());
    }
  }

  private static long read(Dataset dataset, int epoch) throws Exception {
    long bytes = 0;
    try (ImagePass pass = dataset.readEpoch(Split.TRAIN, 1, epoch, MOST, _ -> true)) {
      for (int sequence = 0; sequence < pass.size(); sequence++) {
        bytes += pass.image(sequence).read(MOST).length;
      }
    }
    return bytes;
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
