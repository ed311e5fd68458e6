package dev.millrace.pipeline.meters;

import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.MetricName;

/**
 * What one of a client's own metrics is called here, in base units.
 *
 * @param group Kafka's group of it
 * @param metric Kafka's name of it
 * @param name the meter's, behind {@code millrace.kafka.}
 * @param unit base unit, or empty
 * @param scale what makes it the base unit
 * @param counts whether it only grows
 * @param help what it is
 */
record ClientMeter(
    String group,
    String metric,
    String name,
    String unit,
    double scale,
    boolean counts,
    String help) {
  private static final String PRODUCER = "producer-metrics";
  private static final String FETCHES = "consumer-fetch-manager-metrics";
  private static final String CONSUMER = "consumer-metrics";

  /** All that are shown: a client has about two hundred, most of little use. */
  private static final List<ClientMeter> ALL =
      List.of(
          counter(PRODUCER, "record-send-total", "producer.sent", "records", "Records sent"),
          counter(PRODUCER, "outgoing-byte-total", "producer.outgoing", "bytes", "Bytes sent"),
          counter(
              PRODUCER,
              "record-error-total",
              "producer.failed",
              "records",
              "Records that could not be sent"),
          counter(
              PRODUCER, "record-retry-total", "producer.retried", "records", "Records sent again"),
          millis(
              PRODUCER,
              "request-latency-avg",
              "producer.request.latency",
              "Mean time that brokers took to answer, of the last half minute"),
          gauge(
              PRODUCER,
              "buffer-available-bytes",
              "producer.buffer.available",
              "bytes",
              "Memory for records that is free"),
          counter(FETCHES, "records-consumed-total", "consumer.read", "records", "Records read"),
          counter(FETCHES, "bytes-consumed-total", "consumer.incoming", "bytes", "Bytes read"),
          millis(
              FETCHES,
              "fetch-latency-avg",
              "consumer.fetch.latency",
              "Mean time that a fetch took, of the last half minute"),
          gauge(
              CONSUMER,
              "connection-count",
              "consumer.connections",
              "",
              "Connections to brokers that are open"));

  private static ClientMeter counter(
      String group, String metric, String name, String unit, String help) {
    return new ClientMeter(group, metric, name, unit, 1, true, help);
  }

  private static ClientMeter gauge(
      String group, String metric, String name, String unit, String help) {
    return new ClientMeter(group, metric, name, unit, 1, false, help);
  }

  private static ClientMeter millis(String group, String metric, String name, String help) {
    return new ClientMeter(group, metric, name, "seconds", 1e-3, false, help);
  }

  /** The meter of a metric, if it is shown; those of single topics and nodes are not. */
  static Optional<ClientMeter> of(MetricName metric) {
    return metric.tags().size() == 1 && metric.tags().containsKey("client-id")
        ? ALL.stream()
            .filter(
                meter -> meter.group.equals(metric.group()) && meter.metric.equals(metric.name()))
            .findFirst()
        : Optional.empty();
  }
}
