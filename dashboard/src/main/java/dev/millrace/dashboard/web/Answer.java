package dev.millrace.dashboard.web;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * A whole answer.
 *
 * @param status HTTP's
 * @param type the content's
 * @param headers others, by name
 * @param body the content; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, String type, Map<String, String> headers, byte[] body) {
  private static final String JSON = "application/json";
  private static final Map<String, String> UNSTORED = Map.of("Cache-Control", "no-store");

  /** What a client has asked for, as JSON. */
  static Answer json(Object value) {
    return new Answer(200, JSON, UNSTORED, Json.bytes(value));
  }

  /** Why a client has no answer, as JSON. */
  static Answer error(int status, String sentence) {
    return new Answer(status, JSON, UNSTORED, Json.bytes(Map.of("error", sentence)));
  }

  /** Why a client has no answer. */
  static Answer of(RefusedException refusal) {
    return error(refusal.status(), String.valueOf(refusal.getMessage()));
  }

  /** A text for people or programs. */
  static Answer text(int status, String type, String text) {
    return new Answer(status, type, UNSTORED, text.getBytes(StandardCharsets.UTF_8));
  }

  void write(Response response, Callback callback) {
    response.setStatus(status);
    headers.forEach(response.getHeaders()::put);
    if (status == 401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    }
    if (body.length > 0) {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    }
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
