package dev.millrace.pipeline.tracing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.tracing.ImageTraces;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Chooses images by their ids: the same ones in every epoch, in every run and on every machine.
 *
 * @param ratio share of the images, 0 to 1
 */
record ImageSampler(double ratio) implements Sampler {
  private static final double IDS = 1L << 32;

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    String id = attributes.get(ImageTraces.IMAGE);
    return id != null && isChosen(id) ? SamplingResult.recordAndSample() : SamplingResult.drop();
  }

  boolean isChosen(String id) {
    CRC32C hash = new CRC32C();
    hash.update(id.getBytes(UTF_8));
    return hash.getValue() / IDS < ratio;
  }

  @Override
  public String getDescription() {
    return toString();
  }
}
