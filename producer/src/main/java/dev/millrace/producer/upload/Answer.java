package dev.millrace.producer.upload;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.producer.arrivals.Receipt;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What a client is told, as JSON.
 *
 * @param status HTTP's
 * @param retryAfterSeconds after how long to try again, 0 for never
 * @param body texts, numbers, lists and maps of such
 */
record Answer(int status, int retryAfterSeconds, Map<String, Object> body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Why it was not taken. */
  static Answer of(RefusedUploadException refusal) {
    return new Answer(
        refusal.status(),
        refusal.retryAfterSeconds(),
        Map.of("error", String.valueOf(refusal.getMessage())));
  }

  /** What became of images: of one alone, or of each of a batch. */
  static Answer of(List<Upload> uploads, List<Receipt> receipts, boolean batch) {
    List<Map<String, Object>> images = new ArrayList<>();
    int status = 200;
    for (int i = 0; i < uploads.size(); i++) {
      images.add(image(uploads.get(i), receipts.get(i)));
      status = Math.max(status, status(receipts.get(i))); // the worst that happened to any
    }
    return new Answer(status, 0, batch ? Map.of("images", images) : images.getFirst());
  }

  private static int status(Receipt receipt) {
    return switch (receipt) {
      case Receipt.Known _ -> 200;
      case Receipt.Published _ -> 201;
      case Receipt.Other _ -> 409;
      case Receipt.Rejected _ -> 422;
    };
  }

  private static Map<String, Object> image(Upload upload, Receipt receipt) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", upload.id());
    fields.put("synset", upload.label());
    switch (receipt) {
      case Receipt.Published published -> {
        fields.put("status", "published");
        fields.put("label", published.label());
        fields.put("epoch", published.epoch());
        fields.put("sequence", published.sequence());
      }
      case Receipt.Known _ -> fields.put("status", "known");
      case Receipt.Other _ -> {
        fields.put("status", "refused");
        fields.put("error", "another image was published under this id: give another id");
      }
      case Receipt.Rejected rejected -> {
        fields.put("status", "refused");
        fields.put("error", rejected.reason());
      }
    }
    return fields;
  }

  void write(Response response, Callback callback) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
    if (retryAfterSeconds > 0) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, retryAfterSeconds);
    }
    if (status == 401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    }
    if (status == 405) {
      response.getHeaders().put(HttpHeader.ALLOW, "POST");
    }
    response.write(true, ByteBuffer.wrap(json()), callback);
  }

  private byte[] json() {
    try {
      String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(body);
      return (text + "\n").getBytes(StandardCharsets.UTF_8); // for terminals
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write an answer as JSON", e);
    }
  }
}
