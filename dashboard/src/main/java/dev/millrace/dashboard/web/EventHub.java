package dev.millrace.dashboard.web;

import dev.millrace.dashboard.history.HistoryListener;
import dev.millrace.dashboard.history.RunView;
import dev.millrace.schemas.TrainingMetric;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells clients what is new, as server-sent events: four times a second what has gathered since.
 * Every event is encoded once. 256 clients at most; one that is 4 MiB of events behind, or has
 * taken nothing for ten seconds, is told so and dropped, and so all of them together keep no more
 * than 4 MiB of events alive, and 64 KiB each that are being sent.
 */
final class EventHub implements HistoryListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventHub.class);
  private static final int MOST_CLIENTS = 256;
  private static final long MOST_BEHIND = 4 << 20;
  private static final long LONGEST_WRITE = Duration.ofSeconds(10).toNanos();
  private static final long LONGEST_FAREWELL = Duration.ofSeconds(30).toNanos();
  private static final long LONGEST_CLOSE = Duration.ofSeconds(1).toNanos();
  private static final long LOOK = Duration.ofMillis(5).toNanos();
  private static final long TICK_MILLIS = 250;
  private static final int TICKS_BETWEEN_RUNS = 4;
  private static final int TICKS_BETWEEN_FLOWS = 8;
  private static final int TICKS_BETWEEN_BEATS = 40;

  /** Numbers that are gathered before they are sent at once. */
  private static final int MOST_GATHERED = 20_000;

  private static final byte[] BEAT = ":\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Sources sources;
  private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService ticker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("events").daemon().factory());

  // Who has pictures may hold locks of its own.
  private final Set<String> pictures = ConcurrentHashMap.newKeySet();

  // Under this object's lock.
  private final Map<PointsBatch.Key, PointsBatch> points = new LinkedHashMap<>();
  private final Map<String, Set<Long>> checkpoints = new LinkedHashMap<>();
  private int gathered;
  private boolean lettersCame;
  private boolean live;
  private Event last = Event.first();
  private long lastId;
  private String instance = UUID.randomUUID().toString();
  private byte[] lastRuns = {};
  private @Nullable ConnectionView lastConnection;
  private long ticks;
  private boolean closed;

  EventHub(Sources sources) {
    this.sources = sources;
    sources.pictures().onNew(pictures::add);
  }

  void start() {
    var _ =
        ticker.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Clients are told of points from now on: what was written before has been read. Those that are
   * here ask anew.
   */
  synchronized void begin() {
    live = true;
    instance = UUID.randomUUID().toString();
    append(null, "hello", hello());
  }

  /** Answers a request with events until either side ends it. */
  void open(Query query, Request request, Response response, Callback callback)
      throws RefusedException {
    EventStream stream;
    synchronized (this) {
      if (closed || streams.size() >= MOST_CLIENTS) {
        throw new RefusedException(
            503,
            closed
                ? "the server is ending"
                : "%d event streams are open, the most there may be: close another page"
                    .formatted(MOST_CLIENTS));
      }
      response.setStatus(200);
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
      response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
      if (request.getMethod().equals("HEAD")) {
        callback.succeeded(); // or it would be told nothing without end
        return;
      }
      stream =
          new EventStream(
              query.all("run"), request, response, callback, greeting(), last, streams::remove);
      streams.add(stream);
    }
    stream.iterate();
  }

  private byte[] greeting() {
    ByteArrayOutputStream greeting = new ByteArrayOutputStream();
    greeting.writeBytes(Event.encode("hello", lastId, hello()));
    greeting.writeBytes(Event.encode("connection", lastId, Json.bytes(sources.connection().get())));
    greeting.writeBytes(Event.encode("runs", lastId, runs()));
    greeting.writeBytes(Event.encode("flow", lastId, Json.bytes(sources.flow().flow())));
    return greeting.toByteArray();
  }

  private byte[] hello() {
    return Json.bytes(
        Map.of(
            "version", sources.version(),
            "instance", instance,
            "now", System.currentTimeMillis()));
  }

  private byte[] runs() {
    List<RunView> runs = sources.history().runs();
    return Json.bytes(Map.of("runs", runs));
  }

  @Override
  public void measured(TrainingMetric metric) {
    boolean full;
    synchronized (this) {
      if (!live || streams.isEmpty()) {
        return;
      }
      points
          .computeIfAbsent(
              new PointsBatch.Key(metric.getRun(), metric.getSplit()), PointsBatch::new)
          .add(metric);
      gathered += metric.getValues().size() + 2;
      full = gathered >= MOST_GATHERED;
      if (full) {
        appendPoints();
      }
    }
    if (full) {
      send();
    }
  }

  @Override
  public synchronized void checkpoint(String run, long step) {
    if (live) {
      checkpoints.computeIfAbsent(run, _ -> new LinkedHashSet<>()).add(step);
    }
  }

  @Override
  public synchronized void deadLetters() {
    lettersCame = true;
  }

  private void tick() {
    try {
      Object flow =
          ticks % TICKS_BETWEEN_FLOWS == 0 && !streams.isEmpty() ? sources.flow().flow() : null;
      synchronized (this) {
        gather(flow);
      }
      send();
      dropSlow();
    } catch (RuntimeException e) {
      LOG.warn("Cannot tell clients what is new; trying again", e);
    }
  }

  private void gather(@Nullable Object flow) {
    boolean heard = !streams.isEmpty();
    appendPoints();
    ConnectionView connection = sources.connection().get();
    if (!connection.equals(lastConnection)) {
      lastConnection = connection;
      append(null, "connection", Json.bytes(connection));
    }
    checkpoints.forEach((run, steps) -> steps.forEach(step -> appendCheckpoint(run, step)));
    checkpoints.clear();
    if (lettersCame) {
      lettersCame = false;
      append(
          null, "deadLetters", Json.bytes(Map.of("total", sources.history().deadLettersTotal())));
    }
    pictures.removeIf(run -> {
      append(run, "pictures", Json.bytes(Map.of("run", run)));
      return true;
    });
    if (ticks % TICKS_BETWEEN_RUNS == 0 && heard) {
      appendRuns();
    }
    if (flow != null) {
      append(null, "flow", Json.bytes(flow));
    }
    if (ticks % TICKS_BETWEEN_BEATS == 0) {
      last = last.append(null, BEAT);
    }
    ticks++;
  }

  private void appendPoints() {
    points.values().forEach(batch -> append(batch.run(), "points", batch.json()));
    points.clear();
    gathered = 0;
  }

  private void appendCheckpoint(String run, long step) {
    sources
        .history()
        .checkpoint(run, step)
        .ifPresent(view -> append(run, "checkpoint", Json.bytes(Api.json(view, sources))));
  }

  private void appendRuns() {
    byte[] runs = runs();
    if (!Arrays.equals(runs, lastRuns)) {
      lastRuns = runs;
      append(null, "runs", runs);
    }
  }

  private void append(@Nullable String run, String name, byte[] data) {
    last = last.append(run, Event.encode(name, ++lastId, data));
  }

  private void send() {
    streams.forEach(EventStream::iterate);
  }

  private void dropSlow() {
    long now = System.nanoTime();
    Event newest;
    synchronized (this) {
      newest = last;
    }
    for (EventStream stream : streams) {
      long behind = stream.behind(newest);
      long since = stream.writingSince();
      if (stream.endedAt() != 0) {
        if (now - stream.endedAt() > LONGEST_FAREWELL) {
          stream.cut();
        }
      } else if (behind > MOST_BEHIND || (since != 0 && now - since > LONGEST_WRITE)) {
        String reason = "too slow: %,d bytes behind".formatted(behind);
        LOG.info("Dropped a client that is {}", reason);
        stream.end(bye(reason), now | 1);
      }
    }
  }

  private byte[] bye(String reason) {
    long id;
    synchronized (this) {
      id = lastId;
    }
    return Event.encode("bye", id, Json.bytes(Map.of("reason", reason)));
  }

  /** Clients that listen now. */
  int clients() {
    return streams.size();
  }

  /** Tells all clients what is new, and that it ends. */
  @Override
  public void close() {
    ticker.shutdownNow();
    synchronized (this) {
      closed = true;
      gather(null);
      appendRuns();
    }
    send();
    byte[] bye = bye("server is ending");
    streams.forEach(stream -> stream.end(bye, System.nanoTime() | 1));
    long deadline = System.nanoTime() + LONGEST_CLOSE;
    while (!streams.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LOOK);
    }
  }
}
