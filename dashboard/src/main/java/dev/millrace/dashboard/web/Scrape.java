package dev.millrace.dashboard.web;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;

/** Answers scrapers in the format that they ask for: OpenMetrics, or Prometheus' text. */
final class Scrape implements Endpoint {
  private final PrometheusRegistry registry;
  private final ExpositionFormats formats = ExpositionFormats.init();

  Scrape(PrometheusRegistry registry) {
    this.registry = registry;
  }

  @Override
  public Answer answer(Query query) {
    ExpositionFormatWriter writer = formats.findWriter(query.header(HttpHeader.ACCEPT));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writer.write(bytes, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write into memory", e);
    }
    return new Answer(
        200, writer.getContentType(), Map.of("Cache-Control", "no-store"), bytes.toByteArray());
  }
}
