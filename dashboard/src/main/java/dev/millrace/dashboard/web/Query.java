package dev.millrace.dashboard.web;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/** What a request asks for. */
public final class Query {
  private final Request request;
  private final List<String> path;
  private final Fields parameters;

  private Query(Request request, List<String> path, Fields parameters) {
    this.request = request;
    this.path = path;
    this.parameters = parameters;
  }

  static Query of(Request request) throws RefusedException {
    List<String> path = new ArrayList<>();
    try {
      for (String segment : request.getHttpURI().getPath().substring(1).split("/", -1)) {
        path.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
      return new Query(
          request, path, Request.extractQueryParameters(request, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      throw RefusedException.bad("the address cannot be read: is it percent-encoded UTF-8?");
    }
  }

  /** The parts of the path, decoded: anything may be in them, slashes and dots too. */
  public List<String> path() {
    return path;
  }

  /** A parameter, or null where it is missing. */
  public @Nullable String text(String name) {
    return parameters.getValue(name);
  }

  String required(String name) throws RefusedException {
    String value = text(name);
    if (value == null || value.isEmpty()) {
      throw RefusedException.bad("the parameter %s is missing".formatted(name));
    }
    return value;
  }

  /** All values of a parameter. */
  Set<String> all(String name) {
    return new TreeSet<>(parameters.getValuesOrEmpty(name));
  }

  long number(String name, long otherwise, long least, long most) throws RefusedException {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw RefusedException.bad(
        "the parameter %s must be a whole number from %d to %d".formatted(name, least, most));
  }

  @Nullable String header(HttpHeader name) {
    return request.getHeaders().get(name);
  }
}
