package dev.millrace.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A dashboard in a process of its own. */
final class DashboardProcess implements AutoCloseable {
  private static final Pattern UP =
      Pattern.compile("Dashboard at (http://127\\.0\\.0\\.1:(\\d+)/)");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  private final Service service;
  private final HttpClient client = HttpClient.newHttpClient();
  private final String address;
  private final int port;

  private DashboardProcess(Service service, String address, int port) {
    this.service = service;
    this.address = address;
    this.port = port;
  }

  /** Starts one; it serves when this returns. */
  static DashboardProcess start(Path folder, String heap, String servers, String prefix)
      throws IOException, InterruptedException {
    Service service =
        new Service(
            "dashboard",
            heap,
            folder.resolve("dashboard.log"),
            List.of(
                "dashboard",
                "--bootstrap-servers",
                servers,
                "--prefix",
                prefix,
                "--dashboard-port",
                "0"));
    Matcher up = service.start(UP);
    return new DashboardProcess(service, up.group(1), Integer.parseInt(up.group(2)));
  }

  int port() {
    return port;
  }

  /** What it answers at a path without its first slash. */
  String get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(address + path)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  /** Memory that the process holds, in bytes. */
  long residentBytes() throws IOException {
    return status(RESIDENT);
  }

  /** The most that it ever held, in bytes. */
  long peakBytes() throws IOException {
    return status(PEAK);
  }

  private long status(Pattern line) throws IOException {
    String status = Files.readString(Path.of("/proc", Long.toString(service.pid()), "status"));
    Matcher found = line.matcher(status);
    return found.find() ? Long.parseLong(found.group(1)) << 10 : 0;
  }

  /** Memory that the heap's live objects take, in bytes. */
  long liveHeapBytes() throws IOException, InterruptedException {
    jcmd("GC.run");
    Matcher used = USED.matcher(jcmd("GC.heap_info"));
    long total = 0;
    // The young and the old generation; what comes behind is the classes'.
    for (int i = 0; i < 2 && used.find(); i++) {
      total += Long.parseLong(used.group(1)) << 10;
    }
    return total;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(service.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    try (var output = process.getInputStream()) {
      String printed = new String(output.readAllBytes(), UTF_8);
      process.waitFor();
      return printed;
    }
  }

  /** CPU time that it has taken so far, in seconds. */
  double cpuSeconds() {
    return ProcessHandle.of(service.pid())
            .flatMap(process -> process.info().totalCpuDuration())
            .orElseThrow()
            .toMillis()
        / 1000.0;
  }

  @Override
  public void close() {
    service.close();
    client.close();
  }
}
