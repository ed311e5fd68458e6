package dev.millrace.dashboard;

import dev.millrace.dashboard.web.MetricsServer;
import dev.millrace.dashboard.web.WebOptions;
import dev.millrace.dashboard.web.WebServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;

/** Shows the meters of a service's process at {@code /metrics}, for Prometheus and its like. */
public final class MetricsPage implements AutoCloseable {
  private final Meters meters = new Meters();
  private final WebServer server;

  private MetricsPage(WebOptions options) throws IOException {
    this.server = MetricsServer.start(options, meters.prometheus());
  }

  /**
   * Starts to answer.
   *
   * @throws IOException if it cannot listen there
   */
  public static MetricsPage start(WebOptions options) throws IOException {
    return new MetricsPage(options);
  }

  /** Where services of this process put their meters. */
  public MeterRegistry meters() {
    return meters.registry();
  }

  /** Where it is found. */
  public String url() {
    return server.url("/metrics");
  }

  /** Stops answering. */
  @Override
  public void close() {
    server.close();
    meters.close();
  }
}
