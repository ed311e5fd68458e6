package dev.millrace.pipeline;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A collector that keeps all spans: OTLP over HTTP, decoded by the fields' numbers. */
final class TraceReceiver implements AutoCloseable {
  private final HttpServer server;
  private final List<ReceivedSpan> spans = new CopyOnWriteArrayList<>();

  /**
   * A span.
   *
   * @param begin in nanoseconds since 1970
   */
  record ReceivedSpan(
      String service,
      String trace,
      String id,
      String parent,
      String name,
      long begin,
      long end,
      Map<String, String> attributes) {}

  TraceReceiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/traces", this::take);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  List<ReceivedSpan> spans() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      for (UnknownFieldSet resource : parse(exchange.getRequestBody().readAllBytes(), 1)) {
        String service = "";
        for (UnknownFieldSet of : messages(resource, 1)) {
          service = attributes(of, 1).getOrDefault("service.name", "");
        }
        for (UnknownFieldSet scope : messages(resource, 2)) {
          for (UnknownFieldSet span : messages(scope, 2)) {
            spans.add(span(service, span));
          }
        }
      }
      exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static ReceivedSpan span(String service, UnknownFieldSet span) throws IOException {
    return new ReceivedSpan(
        service,
        hex(span, 1),
        hex(span, 2),
        hex(span, 4),
        span.getField(5).getLengthDelimitedList().getFirst().toStringUtf8(),
        span.getField(7).getFixed64List().getFirst(),
        span.getField(8).getFixed64List().getFirst(),
        attributes(span, 9));
  }

  private static String hex(UnknownFieldSet span, int field) {
    List<ByteString> values = span.getField(field).getLengthDelimitedList();
    return values.isEmpty() ? "" : HexFormat.of().formatHex(values.getFirst().toByteArray());
  }

  private static Map<String, String> attributes(UnknownFieldSet of, int field) throws IOException {
    Map<String, String> attributes = new HashMap<>();
    for (UnknownFieldSet attribute : messages(of, field)) {
      String name = attribute.getField(1).getLengthDelimitedList().getFirst().toStringUtf8();
      UnknownFieldSet value = messages(attribute, 2).getFirst();
      List<ByteString> texts = value.getField(1).getLengthDelimitedList();
      List<Long> numbers = value.getField(3).getVarintList();
      if (!texts.isEmpty()) {
        attributes.put(name, texts.getFirst().toStringUtf8());
      } else if (!numbers.isEmpty()) {
        attributes.put(name, numbers.getFirst().toString());
      }
    }
    return attributes;
  }

  private static List<UnknownFieldSet> parse(byte[] message, int field) throws IOException {
    return messages(UnknownFieldSet.parseFrom(message), field);
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet of, int field) throws IOException {
    List<UnknownFieldSet> messages = new CopyOnWriteArrayList<>();
    for (ByteString bytes : of.getField(field).getLengthDelimitedList()) {
      messages.add(UnknownFieldSet.parseFrom(bytes));
    }
    return messages;
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
