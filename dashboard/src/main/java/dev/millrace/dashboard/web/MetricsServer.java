package dev.millrace.dashboard.web;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;

/** Serves {@code /metrics} and nothing else. */
public final class MetricsServer {
  private MetricsServer() {}

  /**
   * Begins to listen.
   *
   * @param registry what is shown
   * @throws IOException if the port is taken, there is no such address, or the keystore cannot be
   *     read
   */
  public static WebServer start(WebOptions options, PrometheusRegistry registry)
      throws IOException {
    return WebServer.start(options, Pages.metrics(registry));
  }
}
