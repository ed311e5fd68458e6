package dev.millrace.dashboard;

import dev.millrace.schemas.Topics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers in Prometheus' text format at {@code /metrics}: with the meters of this process's
 * services and, when it {@linkplain #watch watches} the topics, with what those say: the newest
 * metrics of every run, its newest checkpoint, the lag of augmenters and trainers, and the number
 * of dead letters. Belongs to no consumer group. Goes on answering, with the last values, when no
 * broker does. Holds the values of 100 runs at most.
 */
public final class MetricsPage implements AutoCloseable {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, registry, Clock.SYSTEM);
  private final HTTPServer server;
  private @Nullable TopicsWatch watch;

  private MetricsPage(String host, int port) throws IOException {
    this.server = HTTPServer.builder().hostname(host).port(port).registry(registry).buildAndStart();
  }

  /**
   * Starts to answer.
   *
   * @param host address to listen on
   * @param port port to listen on, 0 for a free one
   * @throws IOException if it cannot listen there
   */
  public static MetricsPage start(String host, int port) throws IOException {
    return new MetricsPage(host, port);
  }

  /**
   * Starts to read the topics, too; once.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @return this page
   */
  public MetricsPage watch(Topics topics, Map<String, Object> kafka) {
    TopicsWatch started = new TopicsWatch(topics, kafka, new Gauges(registry));
    watch = started;
    started.start();
    return this;
  }

  /** Where services of this process put their meters. */
  public MeterRegistry meters() {
    return meters;
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** Stops reading and answering. */
  @Override
  public void close() {
    if (watch != null) {
      watch.close();
    }
    server.close();
    meters.close();
  }
}
