package dev.millrace.producer.upload;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.Fields;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was sent: one image as it is, or several as parts of a form. An image's class is the
 * parameter {@code label}, or else the name of its part.
 */
final class UploadBody {
  private static final String FORM = "multipart/form-data";
  // The last is what curl says of --data-binary unless it is told better.
  private static final Set<String> SINGLE =
      Set.of("", "application/octet-stream", "application/x-www-form-urlencoded");
  private static final int MOST_PARTS = 1000;
  private static final int PART_HEADERS = 4 << 10;

  private final int maxImageBytes;
  private final int maxBatchBytes;

  UploadBody(UploadOptions options) {
    this.maxImageBytes = options.maxImageBytes();
    this.maxBatchBytes = options.maxBatchBytes();
  }

  /** Whether it is several images. */
  static boolean isBatch(Request request) {
    return type(request).equals(FORM);
  }

  /**
   * The body's length, which a client must tell before it sends it.
   *
   * @throws RefusedUploadException if it does not, it is too long, or of a type that holds no
   *     images
   */
  int length(Request request) throws RefusedUploadException {
    String type = type(request);
    if (!type.equals(FORM) && !type.startsWith("image/") && !SINGLE.contains(type)) {
      throw new RefusedUploadException(
          415,
          "the body must be one image (image/jpeg, image/png, image/webp, image/gif) or"
              + " multipart/form-data, found "
              + type);
    }
    long length = request.getLength();
    if (length < 0) {
      throw new RefusedUploadException(411, "the header Content-Length is missing");
    }
    boolean batch = isBatch(request);
    int most = batch ? maxBatchBytes : maxImageBytes;
    if (length > most) {
      throw new RefusedUploadException(
          413,
          "%s may have %d bytes at most (%s), found %d"
              .formatted(
                  batch ? "a batch" : "an image",
                  most,
                  batch ? "--upload-batch-size" : "--max-image-size",
                  length));
    }
    return (int) length;
  }

  /**
   * Reads all of it; its length must have been checked.
   *
   * @throws RefusedUploadException if it is not as it must be
   * @throws IOException if the client goes away
   */
  List<Upload> read(Request request) throws RefusedUploadException, IOException {
    Fields query = query(request);
    String label = query.getValue("label");
    String id = query.getValue("id");
    // Whole, before it is looked at: an answer to half a request would end the connection.
    byte[] body;
    try (InputStream content = Content.Source.asInputStream(request)) {
      body = content.readAllBytes();
    }
    if (!isBatch(request)) {
      return List.of(Upload.of(id, label, body));
    }
    if (id != null) {
      throw new RefusedUploadException(
          400, "a batch has no id: its images' follow from their bytes");
    }
    return parts(body, request.getHeaders().get(HttpHeader.CONTENT_TYPE), label);
  }

  private static Fields query(Request request) throws RefusedUploadException {
    try {
      return Request.extractQueryParameters(request);
    } catch (RuntimeException e) {
      throw new RefusedUploadException(
          400, "the address's query cannot be read: " + e.getMessage());
    }
  }

  private List<Upload> parts(byte[] body, String type, @Nullable String label)
      throws RefusedUploadException, IOException {
    MultiPartConfig limits =
        new MultiPartConfig.Builder()
            .maxParts(MOST_PARTS)
            .maxSize(maxBatchBytes)
            .maxPartSize(maxBatchBytes)
            .maxMemoryPartSize(maxBatchBytes)
            .maxHeadersSize(PART_HEADERS)
            .useFilesForPartsWithoutFileName(false)
            .build();
    List<Upload> uploads = new ArrayList<>();
    try (MultiPartFormData.Parts parts =
        MultiPartFormData.getParts(
            Content.Source.from(ByteBuffer.wrap(body)), new Attributes.Mapped(), type, limits)) {
      for (MultiPart.Part part : parts) {
        if (part.getLength() > maxImageBytes) {
          throw new RefusedUploadException(
              413,
              "an image may have %d bytes at most (--max-image-size), part %d (%s) has %d"
                  .formatted(maxImageBytes, uploads.size() + 1, name(part), part.getLength()));
        }
        try (InputStream content = Content.Source.asInputStream(part.getContentSource())) {
          uploads.add(
              Upload.of(null, label == null ? part.getName() : label, content.readAllBytes()));
        }
      }
    } catch (HttpException.RuntimeException
        | CompletionException
        | IllegalStateException
        | IllegalArgumentException e) {
      throw new RefusedUploadException(400, "the form cannot be read: " + e.getMessage());
    }
    if (uploads.isEmpty()) {
      throw new RefusedUploadException(400, "the form has no parts");
    }
    return uploads;
  }

  private static String name(MultiPart.Part part) {
    return part.getFileName() == null ? part.getName() : part.getFileName();
  }

  private static String type(Request request) {
    String header = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    return header == null ? "" : header.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
  }
}
