package dev.millrace.pipeline;

import dev.millrace.dashboard.Dashboard;
import dev.millrace.dashboard.tensorboard.EventFiles;
import dev.millrace.dashboard.tensorboard.EventPictures;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DashboardPageOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.TensorBoardOption;
import dev.millrace.pipeline.cli.Usage;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace dashboard}. */
@Command(
    name = "dashboard",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Shows all runs in a browser, and their metrics to Prometheus, until Ctrl-C. Reads nothing but"
            + " topics: any number of these processes may run anywhere.")
final class DashboardCommand implements Callable<Integer> {
  @Mixin private DashboardPageOptions page = new DashboardPageOptions();
  @Mixin private TensorBoardOption tensorBoard = new TensorBoardOption();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Usage.valid(spec, page::checked);
    if (!page.wanted() && tensorBoard.folder() == null) {
      throw new ParameterException(
          spec.commandLine(),
          "--dashboard-port -1 leaves nothing to do: name a port, or a folder by --tensorboard");
    }
    Service service = Service.begin(spec, common, Map.of());
    Map<String, Object> kafka = cluster.properties();
    CountDownLatch stop = new CountDownLatch(1);
    Shutdown.onSignal(stop::countDown);
    try (Dashboard dashboard = Pages.dashboard(page, prefix.topics(), kafka);
        EventFiles files = tensorBoard.start(prefix.topics(), kafka);
        EventPictures _ =
            files == null ? null : EventPictures.start(files, prefix.topics(), kafka)) {
      if (dashboard != null) {
        service.out().println(Pages.address(dashboard, page));
      }
      if (files != null) {
        service.out().println("Files for TensorBoard in " + tensorBoard.folder());
      }
      service.out().flush();
      stop.await();
    }
    return ExitCode.INTERRUPTED;
  }
}
