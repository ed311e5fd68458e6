package dev.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.metrics.MetricsFilter;
import dev.millrace.pipeline.metrics.MetricsLog;
import dev.millrace.pipeline.metrics.MetricsPrinter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace metrics}. */
@Command(
    name = "metrics",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Prints what was measured while training, for scripts: a line for each step and each"
            + " evaluation, from the first on, as they were published. A step that was repeated"
            + " after a resume is there again, and the later line counts.")
final class MetricsCommand implements Callable<Integer> {
  /** What the system says when the other end of a pipe has been closed, as head does. */
  private static final String NOBODY_READS = "Broken pipe";

  @Option(
      names = "--follow",
      description = "Go on with what comes, until Ctrl-C or until nobody reads any more.")
  private boolean follow;

  @Option(
      names = "--format",
      paramLabel = "json|csv",
      defaultValue = "json",
      description = "JSON, an object a line, or CSV with a heading. Default: ${DEFAULT-VALUE}.")
  private MetricsPrinter.Format format = MetricsPrinter.Format.JSON;

  @Option(
      names = "--run",
      paramLabel = "NAME",
      description = "Only this run. May be given more than once.")
  private List<String> runs = List.of();

  @Option(
      names = "--split",
      paramLabel = "train|validation",
      description = "Only steps, or only evaluations.")
  private @Nullable Split split;

  @Option(
      names = "--values",
      paramLabel = "NAME,...",
      split = ",",
      description =
          "Only these values, and only lines that have one of them. They are the columns of CSV,"
              + " in this order; otherwise those are all values that there are at the start,"
              + " by name.")
  private List<String> values = List.of();

  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Topics topics = Usage.valid(spec, this::checked);
    Service service = Service.quiet(spec, common);
    Map<String, Object> kafka = cluster.properties();
    service.requireBroker(kafka);
    service.requireTopic(kafka, topics.metrics());
    try (MetricsLog log = new MetricsLog(kafka, topics.metrics())) {
      Shutdown.onSignal(log::stop);
      print(log);
    }
    return Shutdown.requested() ? ExitCode.INTERRUPTED : ExitCode.OK;
  }

  // Not by System.out, which keeps silent about a disk that is full.
  private void print(MetricsLog log) throws IOException {
    Writer out =
        new BufferedWriter(
            new OutputStreamWriter(new FileOutputStream(FileDescriptor.out), UTF_8), 1 << 16);
    Consumer<String> notes =
        note -> {
          spec.commandLine().getErr().println(note);
          spec.commandLine().getErr().flush();
        };
    try {
      new MetricsPrinter(log, filter(), columns(), out, notes).print(format, follow);
      out.flush();
    } catch (IOException e) {
      if (!String.valueOf(e.getMessage()).contains(NOBODY_READS)) {
        throw new IOException("Cannot write the metrics: " + e.getMessage(), e);
      }
    }
  }

  private Topics checked() {
    if (values.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "--values must be names with commas between, found \"%s\""
              .formatted(String.join(",", values)));
    }
    return prefix.topics();
  }

  private MetricsFilter filter() {
    return new MetricsFilter(new LinkedHashSet<>(runs), split, columns());
  }

  private Set<String> columns() {
    return new LinkedHashSet<>(values);
  }
}
