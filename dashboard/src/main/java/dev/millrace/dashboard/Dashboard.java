package dev.millrace.dashboard;

import dev.millrace.dashboard.flow.Flow;
import dev.millrace.dashboard.flow.FlowMetrics;
import dev.millrace.dashboard.history.History;
import dev.millrace.dashboard.history.RunState;
import dev.millrace.dashboard.pictures.ServedPictures;
import dev.millrace.dashboard.web.DashboardServer;
import dev.millrace.dashboard.web.Sources;
import dev.millrace.schemas.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * The dashboard: reads the topics of metrics, checkpoints, progress, classes and dead letters from
 * their beginning, remembers what is shown, and serves it to browsers and scrapers. Writes nothing
 * to Kafka and belongs to no consumer group; any number may run. Goes on showing what it has when
 * no broker answers, and goes on reading when one does.
 */
public final class Dashboard implements AutoCloseable {
  private static final Duration LONGEST_END = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(20);

  private final Meters meters;
  private final History history;
  private final ServedPictures pictures;
  private final DashboardServer server;
  private final Flow flow;
  private final TopicsWatch watch;

  private Dashboard(DashboardOptions options, Topics topics, Map<String, Object> kafka)
      throws IOException {
    this.meters = new Meters();
    this.history = new History(options.historyBytes(), InstantSource.system());
    Connection connection = new Connection();
    this.flow = new Flow(topics, kafka, InstantSource.system());
    meters.prometheus().register(new FlowMetrics(flow::view));
    this.pictures = new ServedPictures(topics, kafka, InstantSource.system());
    Sources sources =
        new Sources(
            options.version(), topics.prefix(), history, connection::view, flow::view, pictures);
    this.server = DashboardServer.start(options.web(), sources, meters.prometheus());
    pictures.start();
    this.watch =
        new TopicsWatch(
                topics,
                kafka,
                history,
                flow,
                new Gauges(meters.prometheus()),
                connection,
                server::begin)
            .start();
    flow.start();
  }

  /**
   * Starts to serve and to read.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @throws IOException if the port is taken, there is no such address, or the keystore cannot be
   *     read
   */
  public static Dashboard start(DashboardOptions options, Topics topics, Map<String, Object> kafka)
      throws IOException {
    return new Dashboard(options, topics, kafka);
  }

  /** Where services of this process put their meters, to be seen at {@code /metrics}. */
  public MeterRegistry meters() {
    return meters.registry();
  }

  /** The port that it listens on. */
  public int port() {
    return server.port();
  }

  /** Where a path, from its slash on, is found. */
  public String url(String path) {
    return server.url(path);
  }

  /**
   * Waits until it has read that a run has finished, so that pages show its end before this ends,
   * too; two seconds at most.
   *
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public void awaitFinished(String run) throws InterruptedException {
    long end = System.nanoTime() + LONGEST_END.toNanos();
    while (System.nanoTime() < end && !isFinished(run)) {
      Thread.sleep(LOOK);
    }
  }

  private boolean isFinished(String run) {
    return history.runs().stream()
        .anyMatch(known -> known.name().equals(run) && known.state() == RunState.FINISHED);
  }

  /** Stops reading and answering. */
  @Override
  public void close() {
    watch.close();
    flow.close();
    server.close();
    pictures.close();
    meters.close();
  }
}
