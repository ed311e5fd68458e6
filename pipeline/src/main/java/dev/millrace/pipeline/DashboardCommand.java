package dev.millrace.pipeline;

import dev.millrace.dashboard.MetricsPage;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.MetricsOptions;
import dev.millrace.pipeline.cli.PrefixOption;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code millrace dashboard}. */
@Command(
    name = "dashboard",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Serves the metrics of all runs to Prometheus until Ctrl-C.")
final class DashboardCommand implements Callable<Integer> {
  @Mixin private MetricsOptions metrics = new MetricsOptions(MetricsOptions.USUAL_PORT);
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Service service = Service.begin(spec, common, Map.of());
    Map<String, Object> kafka = cluster.properties();
    CountDownLatch stop = new CountDownLatch(1);
    Shutdown.onSignal(stop::countDown);
    try (MetricsPage page = Pages.start(metrics)) {
      page.watch(prefix.topics(), kafka);
      service.out().println("Metrics at " + Pages.address(page, metrics));
      service.out().flush();
      stop.await();
    }
    return ExitCode.INTERRUPTED;
  }
}
