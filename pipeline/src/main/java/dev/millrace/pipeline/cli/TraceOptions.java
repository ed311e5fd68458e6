package dev.millrace.pipeline.cli;

import dev.millrace.pipeline.tracing.Tracing;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Traces of single images, for OpenTelemetry. */
public final class TraceOptions {
  @Option(
      names = "--trace-endpoint",
      paramLabel = "URL",
      description =
          "Follow images through all services, and send their traces to this collector by OTLP over"
              + " HTTP, such as http://localhost:4318. Default: none are made.")
  private @Nullable URI endpoint;

  @Option(
      names = "--trace-ratio",
      paramLabel = "SHARE",
      defaultValue = "0.001",
      description =
          "Share of the images that the producer begins traces of, from 0 to 1, chosen by their ids;"
              + " other services go by its choice. Default: ${DEFAULT-VALUE}.")
  private double ratio = 0.001;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is left
   */
  public TraceOptions checked() {
    if (!(ratio >= 0 && ratio <= 1)) {
      throw new IllegalArgumentException("--trace-ratio must be from 0 to 1, found " + ratio);
    }
    if (endpoint != null
        && (endpoint.getHost() == null || !("" + endpoint.getScheme()).matches("https?"))) {
      throw new IllegalArgumentException(
          "--trace-endpoint must be an address such as http://localhost:4318, found " + endpoint);
    }
    return this;
  }

  /**
   * Starts to trace where it is wanted; the caller closes it.
   *
   * @param service what this process is called in traces
   * @param version of this program
   */
  public @Nullable Tracing start(String service, String version) {
    return endpoint == null ? null : Tracing.start(endpoint, ratio, service, version);
  }
}
