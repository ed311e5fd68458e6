package dev.millrace.pipeline.meters;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.jspecify.annotations.Nullable;

/**
 * Puts what a service's Kafka clients measure among its meters, by client, as long as the client
 * lives. Kafka makes one for each client that has {@linkplain #added these properties}; safe for
 * use by several threads.
 */
public final class KafkaMeters implements MetricsReporter {
  private static final String PREFIX = "millrace.kafka.";
  private static final String REGISTRY = "millrace.meters";

  private final Map<MetricName, Meter> shown = new ConcurrentHashMap<>();
  private @Nullable MeterRegistry registry;

  /**
   * Client properties with which clients put their meters into a registry; other reporters that the
   * user has named stay.
   *
   * @param kafka the user's client properties
   */
  public static Map<String, Object> added(Map<String, Object> kafka, MeterRegistry registry) {
    Map<String, Object> properties = new HashMap<>(kafka);
    Object others = properties.get(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG);
    String ours = KafkaMeters.class.getName();
    properties.put(
        CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG,
        others == null || others.toString().isBlank() ? ours : others + "," + ours);
    properties.put(REGISTRY, registry);
    return properties;
  }

  @Override
  public void configure(Map<String, ?> properties) {
    registry = properties.get(REGISTRY) instanceof MeterRegistry meters ? meters : null;
  }

  @Override
  public void init(List<KafkaMetric> metrics) {
    metrics.forEach(this::metricChange);
  }

  @Override
  public void metricChange(KafkaMetric metric) {
    MeterRegistry into = registry;
    if (into != null) {
      ClientMeter.of(metric.metricName())
          .ifPresent(meter -> shown.put(metric.metricName(), register(into, meter, metric)));
    }
  }

  private static Meter register(MeterRegistry into, ClientMeter meter, KafkaMetric metric) {
    String client = metric.metricName().tags().getOrDefault("client-id", "");
    String unit = meter.unit().isEmpty() ? null : meter.unit();
    return meter.counts()
        ? FunctionCounter.builder(PREFIX + meter.name(), metric, of -> value(of, meter))
            .description(meter.help())
            .baseUnit(unit)
            .tag("client", client)
            .register(into)
        : Gauge.builder(PREFIX + meter.name(), metric, of -> value(of, meter))
            .description(meter.help())
            .baseUnit(unit)
            .tag("client", client)
            .strongReference(true)
            .register(into);
  }

  private static double value(KafkaMetric metric, ClientMeter meter) {
    return metric.metricValue() instanceof Number number
        ? number.doubleValue() * meter.scale()
        : Double.NaN;
  }

  @Override
  public void metricRemoval(KafkaMetric metric) {
    Meter meter = shown.remove(metric.metricName());
    if (meter != null && registry != null) {
      registry.remove(meter);
    }
  }

  @Override
  public void close() {
    MeterRegistry from = registry;
    if (from != null) {
      shown.values().forEach(from::remove);
    }
    shown.clear();
  }
}
