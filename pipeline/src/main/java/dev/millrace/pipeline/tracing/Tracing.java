package dev.millrace.pipeline.tracing;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * Sends the traces of this process by OTLP over HTTP, on a thread of its own. Keeps 2,048 spans
 * that wait to be sent; what comes above that is left out. A collector that does not answer costs
 * its spans and nothing else.
 */
public final class Tracing implements AutoCloseable {
  private static final long LONGEST_CLOSE_SECONDS = 5;

  private final SdkTracerProvider provider;

  private Tracing(SdkTracerProvider provider) {
    this.provider = provider;
  }

  /** What the services of this process find. */
  private record Global(SdkTracerProvider provider) implements OpenTelemetry {
    @Override
    public TracerProvider getTracerProvider() {
      return provider;
    }

    @Override
    public ContextPropagators getPropagators() {
      return ContextPropagators.noop(); // services put their own headers
    }
  }

  /**
   * Starts, once a process, before its services.
   *
   * @param endpoint the collector's address, http or https; without a path, that of OTLP is added
   * @param ratio share of the images to follow, 0 to 1
   * @param service name of this service
   * @param version of this program
   */
  public static Tracing start(URI endpoint, double ratio, String service, String version) {
    String path = endpoint.getPath();
    URI traces = path == null || path.length() < 2 ? endpoint.resolve("/v1/traces") : endpoint;
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(
                        Resource.create(
                            Attributes.of(
                                AttributeKey.stringKey("service.name"),
                                service,
                                AttributeKey.stringKey("service.version"),
                                version))))
            .setSampler(Sampler.parentBased(new ImageSampler(ratio)))
            .addSpanProcessor(
                BatchSpanProcessor.builder(
                        OtlpHttpSpanExporter.builder().setEndpoint(traces.toString()).build())
                    .build())
            .build();
    GlobalOpenTelemetry.set(new Global(provider));
    return new Tracing(provider);
  }

  /** Sends what waits, for five seconds at most, and ends. */
  @Override
  public void close() {
    provider.shutdown().join(LONGEST_CLOSE_SECONDS, TimeUnit.SECONDS);
  }
}
