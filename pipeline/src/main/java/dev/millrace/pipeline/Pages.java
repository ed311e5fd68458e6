package dev.millrace.pipeline;

import dev.millrace.dashboard.MetricsPage;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.MetricsOptions;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.util.Map;

/** Starts the metrics page. */
final class Pages {
  private Pages() {}

  /**
   * Starts it; the caller closes it.
   *
   * @throws CannotStartException if its port is in use
   */
  static MetricsPage start(Topics topics, Map<String, Object> kafka, MetricsOptions options)
      throws CannotStartException {
    try {
      return MetricsPage.start(topics, kafka, options.host(), options.port());
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot serve metrics on %s:%d: %s; name another by --metrics-port, 0 for any or -1 for none"
              .formatted(options.host(), options.port(), e.getMessage()),
          e);
    }
  }
}
