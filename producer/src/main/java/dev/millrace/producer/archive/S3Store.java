package dev.millrace.producer.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * An S3-compatible store, found and signed in to as the AWS command line does: by its environment
 * variables, files and roles. Another store than Amazon's is named by {@code AWS_ENDPOINT_URL_S3};
 * its buckets are addressed by path. May be used by several threads.
 */
public final class S3Store implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(S3Store.class);
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration STALL = Duration.ofSeconds(60);
  // In the order in which the SDK looks.
  private static final List<String> ENDPOINT_PROPERTIES =
      List.of("aws.endpointUrlS3", "aws.endpointUrl");
  private static final List<String> ENDPOINT_VARIABLES =
      List.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");

  private final S3Client client;

  private S3Store(S3Client client) {
    this.client = client;
  }

  /**
   * Finds it; the caller closes it.
   *
   * @throws IOException if neither region nor address is known
   */
  static S3Store open() throws IOException {
    try {
      S3ClientBuilder builder =
          S3Client.builder()
              // Each image has a checksum of its own.
              .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
              .httpClientBuilder(
                  UrlConnectionHttpClient.builder()
                      .connectionTimeout(CONNECT)
                      .socketTimeout(STALL));
      Optional<String> endpoint = endpoint();
      if (endpoint.isPresent()) {
        builder.endpointOverride(URI.create(endpoint.get())).forcePathStyle(true);
        if (System.getenv("AWS_REGION") == null && System.getProperty("aws.region") == null) {
          builder.region(Region.US_EAST_1); // other stores know no regions
        }
      }
      return new S3Store(builder.build());
    } catch (SdkException e) {
      LOG.debug("Looking for a region", e); // of twelve lines
      throw new RefusedException(
          "no region is known: set AWS_REGION, or AWS_ENDPOINT_URL_S3 for another store than"
              + " Amazon's");
    } catch (IllegalArgumentException e) {
      throw new RefusedException("AWS_ENDPOINT_URL_S3 is no address: " + e.getMessage(), e);
    }
  }

  private static Optional<String> endpoint() {
    return Stream.concat(
            ENDPOINT_PROPERTIES.stream().map(System::getProperty),
            ENDPOINT_VARIABLES.stream().map(System::getenv))
        .filter(value -> value != null && !value.isEmpty())
        .findFirst();
  }

  /** An object below a prefix. */
  public record Entry(String key, long length) {}

  /**
   * The objects whose keys begin with a prefix, in the order of their keys.
   *
   * @throws IOException if they cannot be listed
   */
  public List<Entry> list(S3Key prefix) throws IOException {
    try {
      List<Entry> entries = new ArrayList<>();
      for (S3Object object :
          client
              .listObjectsV2Paginator(
                  request -> request.bucket(prefix.bucket()).prefix(prefix.key()))
              .contents()) {
        entries.add(new Entry(object.key(), object.size()));
      }
      return entries;
    } catch (SdkException e) {
      throw problem(e);
    }
  }

  Transfer get(S3Key key, long offset, @Nullable String version) throws IOException {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(key.bucket()).key(key.key()).ifMatch(version);
    if (offset > 0) {
      request.range("bytes=%d-".formatted(offset));
    }
    try {
      ResponseInputStream<GetObjectResponse> bytes = client.getObject(request.build());
      return new Transfer(
          new Aborted(bytes), length(bytes.response(), offset), bytes.response().eTag());
    } catch (SdkException e) {
      throw problem(e);
    }
  }

  private static IOException problem(SdkException e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.startsWith("Unable to load credentials")) {
      LOG.debug("Looking for credentials", e); // of twelve lines
      return new RefusedException(
          "no credentials are known: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or"
              + " AWS_PROFILE");
    }
    if (!(e instanceof S3Exception answer) || isPassing(answer.statusCode())) {
      return new IOException(reason, e);
    }
    return new RefusedException(
        switch (answer.statusCode()) {
          case 412 -> "it has changed while it was read";
          case 404 -> "there is no such object or bucket";
          default -> reason;
        },
        e);
  }

  private static boolean isPassing(int status) {
    return status >= 500 || status == 408 || status == 429;
  }

  private static long length(GetObjectResponse response, long offset) {
    return response.contentLength() == null ? -1 : offset + response.contentLength();
  }

  // Closing alone would read all that comes.
  private static final class Aborted extends FilterInputStream {
    private final ResponseInputStream<?> response;

    Aborted(ResponseInputStream<?> response) {
      super(response);
      this.response = response;
    }

    @Override
    public void close() {
      response.abort();
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
