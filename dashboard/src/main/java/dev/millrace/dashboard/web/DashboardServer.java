package dev.millrace.dashboard.web;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;

/** The dashboard's page and what it asks for. */
public final class DashboardServer implements AutoCloseable {
  private final EventHub events;
  private final WebServer server;

  private DashboardServer(EventHub events, WebServer server) {
    this.events = events;
    this.server = server;
  }

  /**
   * Begins to listen; tells clients of what is new in the history.
   *
   * @param registry what {@code /metrics} shows
   * @throws IOException if the port is taken, there is no such address, or the keystore cannot be
   *     read
   */
  public static DashboardServer start(
      WebOptions options, Sources sources, PrometheusRegistry registry) throws IOException {
    EventHub events = new EventHub(sources);
    WebServer server = WebServer.start(options, Pages.dashboard(sources, registry, events));
    sources.history().listener(events);
    events.start();
    return new DashboardServer(events, server);
  }

  /** Clients hear of points from now on: what was written before has been read. */
  public void begin() {
    events.begin();
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Where the page is found. */
  public String url(String path) {
    return server.url(path);
  }

  /** Tells clients that it ends, and ends. */
  @Override
  public void close() {
    events.close();
    server.close();
  }
}
