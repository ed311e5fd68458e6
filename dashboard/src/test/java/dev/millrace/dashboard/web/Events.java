package dev.millrace.dashboard.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A client of the events that reads only when it is told to; by HTTP/1.0, without chunks. */
final class Events implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Socket socket = new Socket();
  private final BufferedReader lines;

  /** What was told. */
  record Told(String name, JsonNode data) {}

  /** Opens them. */
  Events(int port, String query) throws IOException {
    this(port, query, 64 << 10);
  }

  /** Opens them with a buffer of the system's that is so small. */
  Events(int port, String query, int receiveBytes) throws IOException {
    socket.setReceiveBufferSize(receiveBytes);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setSoTimeout(30_000);
    socket
        .getOutputStream()
        .write(
            "GET /api/events%s HTTP/1.0\r\nHost: localhost\r\n\r\n"
                .formatted(query)
                .getBytes(StandardCharsets.US_ASCII));
    lines =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1 << 10);
  }

  /** The next event, or null when the server has ended them. */
  @Nullable Told next() throws IOException {
    String name = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("event: ")) {
        name = line.substring("event: ".length());
      } else if (line.startsWith("data: ")) {
        return new Told(name, JSON.readTree(line.substring("data: ".length())));
      }
    }
    return null;
  }

  /** The next event of a name that is as wanted; others are passed over. */
  JsonNode await(String name, Predicate<JsonNode> wanted) throws IOException {
    for (Told told = next(); told != null; told = next()) {
      if (told.name.equals(name) && wanted.test(told.data)) {
        return told.data;
      }
    }
    throw new AssertionError("The events ended without " + name);
  }

  JsonNode await(String name) throws IOException {
    return await(name, _ -> true);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
