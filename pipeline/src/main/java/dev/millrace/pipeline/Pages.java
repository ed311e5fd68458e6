package dev.millrace.pipeline;

import dev.millrace.dashboard.MetricsPage;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.MetricsOptions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Starts the metrics page. */
final class Pages {
  private Pages() {}

  /**
   * Starts it; the caller closes it.
   *
   * @throws CannotStartException if its port is in use or there is no such address
   */
  static MetricsPage start(MetricsOptions options) throws CannotStartException {
    try {
      return MetricsPage.start(options.host(), options.port());
    } catch (IOException | IllegalArgumentException e) {
      throw new CannotStartException(
          "Cannot serve metrics on %s:%d: %s; name another by --metrics-port, 0 for any or -1 for none"
              .formatted(options.host(), options.port(), e.getMessage()),
          e);
    }
  }

  /** Starts it where one is wanted, as {@link #start} does. */
  static @Nullable MetricsPage startIfWanted(MetricsOptions options) throws CannotStartException {
    return options.wanted() ? start(options) : null;
  }

  /** Where services put their meters: on the page, or where nobody looks at them. */
  static MeterRegistry meters(@Nullable MetricsPage page) {
    return page == null ? new CompositeMeterRegistry() : page.meters();
  }

  /** Where a page is found. */
  static String address(MetricsPage page, MetricsOptions options) {
    String host = options.host().contains(":") ? "[" + options.host() + "]" : options.host();
    return "http://%s:%d/metrics".formatted(host, page.port());
  }
}
