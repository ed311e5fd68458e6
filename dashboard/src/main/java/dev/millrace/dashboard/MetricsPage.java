package dev.millrace.dashboard;

import dev.millrace.schemas.Topics;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.Map;

/**
 * Serves what the topics say in Prometheus' text format at {@code /metrics}: the newest metrics of
 * every run, its newest checkpoint, the lag of augmenters and trainers, and the number of dead
 * letters. Belongs to no consumer group. Goes on answering, with the last values, when no broker
 * does. Holds the values of 100 runs at most.
 */
public final class MetricsPage implements AutoCloseable {
  private final HTTPServer server;
  private final TopicsWatch watch;

  private MetricsPage(HTTPServer server, TopicsWatch watch) {
    this.server = server;
    this.watch = watch;
  }

  /**
   * Starts to read the topics and to answer.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @param host address to listen on
   * @param port port to listen on, 0 for a free one
   * @throws IOException if it cannot listen there
   */
  public static MetricsPage start(Topics topics, Map<String, Object> kafka, String host, int port)
      throws IOException {
    PrometheusRegistry registry = new PrometheusRegistry();
    HTTPServer server =
        HTTPServer.builder().hostname(host).port(port).registry(registry).buildAndStart();
    TopicsWatch watch = new TopicsWatch(topics, kafka, new Gauges(registry));
    watch.start();
    return new MetricsPage(server, watch);
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Stops reading and answering. */
  @Override
  public void close() {
    watch.close();
    server.close();
  }
}
