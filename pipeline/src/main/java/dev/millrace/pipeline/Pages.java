package dev.millrace.pipeline;

import dev.millrace.dashboard.Dashboard;
import dev.millrace.dashboard.MetricsPage;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.DashboardPageOptions;
import dev.millrace.pipeline.cli.MetricsOptions;
import dev.millrace.schemas.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts the dashboard, and the metrics pages of services. */
final class Pages {
  private Pages() {}

  /**
   * Starts a service's page where one is wanted; the caller closes it.
   *
   * @throws CannotStartException if its port is in use or there is no such address
   */
  static @Nullable MetricsPage metrics(MetricsOptions options) throws CannotStartException {
    if (!options.wanted()) {
      return null;
    }
    try {
      return MetricsPage.start(options.options());
    } catch (IllegalArgumentException e) {
      throw new CannotStartException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot serve metrics on %s: %s; name another by --metrics-port, 0 for any or -1 for none"
              .formatted(options.address(), e.getMessage()),
          e);
    }
  }

  /**
   * Starts the dashboard where it is wanted; the caller closes it.
   *
   * @throws CannotStartException if its port is in use or there is no such address
   */
  static @Nullable Dashboard dashboard(
      DashboardPageOptions options, Topics topics, Map<String, Object> kafka)
      throws CannotStartException {
    if (!options.wanted()) {
      return null;
    }
    try {
      return Dashboard.start(options.options(Version.number()), topics, kafka);
    } catch (IllegalArgumentException e) {
      throw new CannotStartException(String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot serve the dashboard on %s: %s; name another by --dashboard-port, 0 for any or -1 for none"
              .formatted(options.address(), e.getMessage()),
          e);
    }
  }

  /** Tells the user where a service's page is, if there is one. */
  static void say(@Nullable MetricsPage page, PrintWriter out) {
    if (page != null) {
      out.println("Metrics at " + page.url());
      out.flush();
    }
  }

  /** Tells the user where the dashboard is. */
  static String address(Dashboard dashboard, DashboardPageOptions options) {
    return "Dashboard at %s%s"
        .formatted(
            dashboard.url("/"),
            options.tokenFile() == null
                ? ""
                : "?token=TOKEN, with the token in " + options.tokenFile());
  }

  /** Where services put their meters: on the page, or where nobody looks at them. */
  static MeterRegistry meters(@Nullable MetricsPage page) {
    return page == null ? new CompositeMeterRegistry() : page.meters();
  }

  /** Where services put their meters: on the dashboard, or where nobody looks at them. */
  static MeterRegistry meters(@Nullable Dashboard dashboard) {
    return dashboard == null ? new CompositeMeterRegistry() : dashboard.meters();
  }
}
