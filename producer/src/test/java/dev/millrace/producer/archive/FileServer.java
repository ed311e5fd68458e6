package dev.millrace.producer.archive;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server of files in memory, which can be told to misbehave. */
public final class FileServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, String> redirects = new ConcurrentHashMap<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final Map<String, Integer> refused = new ConcurrentHashMap<>();
  private final RemoteArchives archives =
      new RemoteArchives(null, new Retries(2, Duration.ofMillis(10)), Duration.ofSeconds(20));
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Bytes after which the next answer's connection breaks; 0 for none. */
  public volatile int breakAfter;

  /** Bytes after which the next answer gives no more; 0 for none. */
  public volatile int stallAfter;

  /** Status of the next answer; 0 for the right one. */
  public volatile int status;

  /** Whether it gives parts of files. */
  public volatile boolean ranges = true;

  /** Starts it on a free port. */
  public FileServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /** Host and port. */
  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Puts a file. */
  public void put(String path, byte[] bytes) {
    files.put(path, bytes);
  }

  /** Answers with a status from now on. */
  public void refuse(String path, int status) {
    refused.put(path, status);
  }

  /** What is at a path, asked for twice at most; this server's to close. */
  public Archive archive(String path) throws IOException {
    return archives.http("http://" + address() + path);
  }

  void redirect(String path, String location) {
    redirects.put(path, location);
  }

  /** Path, range and authorization of each request so far. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String range = exchange.getRequestHeaders().getFirst("Range");
    requests.add(
        "%s %s %s".formatted(path, range, exchange.getRequestHeaders().getFirst("Authorization")));
    byte[] file = files.get(path);
    int wrong = refused.getOrDefault(path, status);
    status = 0;
    if (redirects.containsKey(path)) {
      exchange.getResponseHeaders().set("Location", redirects.get(path));
      exchange.sendResponseHeaders(302, -1);
    } else if (wrong != 0 || file == null) {
      exchange.sendResponseHeaders(wrong == 0 ? 404 : wrong, -1);
    } else {
      String version = "\"%08x\"".formatted(Arrays.hashCode(file));
      String condition = exchange.getRequestHeaders().getFirst("If-Range");
      boolean part = range != null && ranges && (condition == null || condition.equals(version));
      int begin = part ? Integer.parseInt(range.replaceAll("\\D", "")) : 0;
      exchange.getResponseHeaders().set("ETag", version);
      if (part) {
        exchange
            .getResponseHeaders()
            .set("Content-Range", "bytes %d-%d/%d".formatted(begin, file.length - 1, file.length));
      }
      exchange.sendResponseHeaders(part ? 206 : 200, file.length - begin);
      send(exchange, file, begin);
    }
    exchange.close();
  }

  private void send(HttpExchange exchange, byte[] file, int begin) throws IOException {
    OutputStream out = exchange.getResponseBody();
    int breaks = breakAfter;
    int stalls = stallAfter;
    breakAfter = 0;
    stallAfter = 0;
    int end = begin + (breaks > 0 ? breaks : stalls);
    if (end == begin || end > file.length) {
      out.write(file, begin, file.length - begin);
      return;
    }
    out.write(file, begin, end - begin);
    out.flush();
    if (stalls > 0) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    closed.countDown();
    archives.close();
    server.stop(0);
    threads.shutdownNow();
  }
}
