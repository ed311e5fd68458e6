package dev.millrace.schemas.tracing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Follows single images from the producer through an augmenter to the step that they are used in,
 * by the headers {@code traceparent} and {@code tracestate} of their records, as W3C defines them.
 * Where this process was started without tracing no header is written and no object is made. Safe
 * for use by several threads.
 */
public final class ImageTraces {
  /** Which image it is. */
  public static final AttributeKey<String> IMAGE = AttributeKey.stringKey("millrace.image.id");

  private static final AttributeKey<Long> STEP = AttributeKey.longKey("millrace.step");
  private static final AttributeKey<Long> EPOCH = AttributeKey.longKey("millrace.epoch");
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  private static final AttributeKey<String> TOPIC =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<String> PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  private static final String PARENT = "traceparent";
  private static final TextMapSetter<Headers> SETTER =
      (headers, name, value) -> {
        if (headers != null) {
          headers.remove(name);
          headers.add(name, value.getBytes(UTF_8));
        }
      };
  private static final TextMapGetter<Headers> GETTER =
      new TextMapGetter<>() {
        @Override
        public @Nullable String get(@Nullable Headers headers, String name) {
          Header header = headers == null ? null : headers.lastHeader(name);
          return header == null || header.value() == null
              ? null
              : new String(header.value(), UTF_8);
        }
      };

  private final @Nullable Tracer tracer;

  private ImageTraces(@Nullable Tracer tracer) {
    this.tracer = tracer;
  }

  /** As this process was started: by OpenTelemetry's global instance, or not at all. */
  public static ImageTraces ofProcess() {
    return new ImageTraces(
        GlobalOpenTelemetry.isSet() ? GlobalOpenTelemetry.getTracer("millrace") : null);
  }

  /**
   * An image is about to be sent; its record gets the headers if it is one that is traced.
   *
   * @return to be {@linkplain #end ended} when the brokers have it, or null
   */
  public @Nullable Span publishing(String id, String topic, int partition, Headers headers) {
    if (tracer == null) {
      return null;
    }
    Span span =
        tracer
            .spanBuilder("millrace.publish")
            .setNoParent()
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute(IMAGE, id)
            .setAttribute(SYSTEM, "kafka")
            .setAttribute(TOPIC, topic)
            .setAttribute(PARTITION, Integer.toString(partition))
            .startSpan();
    if (!span.getSpanContext().isSampled()) {
      return null;
    }
    put(span, headers);
    return span;
  }

  /**
   * A record is about to be augmented. If its image is traced its headers lead here from now on,
   * and so do those of the tensor, which takes them over.
   *
   * @return to be {@linkplain #end ended} when it is augmented, or null
   */
  public @Nullable Span augmenting(Headers headers) {
    SpanContext image = context(headers);
    if (tracer == null || image == null) {
      return null;
    }
    Span span =
        tracer
            .spanBuilder("millrace.augment")
            .setParent(Context.root().with(Span.wrap(image)))
            .setSpanKind(SpanKind.CONSUMER)
            .startSpan();
    put(span, headers);
    return span;
  }

  /** Where a record's image was last, if it is traced and this process traces; else null. */
  public @Nullable SpanContext context(Headers headers) {
    if (tracer == null || headers.lastHeader(PARENT) == null) {
      return null;
    }
    SpanContext found =
        Span.fromContext(
                W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, GETTER))
            .getSpanContext();
    return found.isValid() && found.isSampled() ? found : null;
  }

  /**
   * A step begins.
   *
   * @param images where its traced images were last
   * @return a span of each image's trace, to be {@linkplain #end ended} with the step
   */
  public List<Span> training(List<SpanContext> images, long step, int epoch) {
    if (tracer == null || images.isEmpty()) {
      return List.of();
    }
    List<Span> spans = new ArrayList<>(images.size());
    for (SpanContext image : images) {
      spans.add(
          tracer
              .spanBuilder("millrace.train")
              .setParent(Context.root().with(Span.wrap(image)))
              .setSpanKind(SpanKind.CONSUMER)
              .setAttribute(STEP, step)
              .setAttribute(EPOCH, (long) epoch)
              .startSpan());
    }
    return spans;
  }

  /**
   * What was begun is done.
   *
   * @param span what began it returned
   * @param problem why it failed, or null
   */
  public static void end(@Nullable Span span, @Nullable String problem) {
    if (span != null) {
      if (problem != null) {
        span.setStatus(StatusCode.ERROR, problem);
      }
      span.end();
    }
  }

  private static void put(Span span, Headers headers) {
    W3CTraceContextPropagator.getInstance().inject(Context.root().with(span), headers, SETTER);
  }
}
