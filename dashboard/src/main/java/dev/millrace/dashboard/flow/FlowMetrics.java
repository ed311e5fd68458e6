package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.Lag;
import dev.millrace.dashboard.flow.FlowView.PartitionLag;
import dev.millrace.dashboard.flow.FlowView.RunAudit;
import dev.millrace.dashboard.flow.FlowView.TopicFlow;
import dev.millrace.dashboard.flow.FlowView.Worker;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The newest {@link FlowView} as gauges. Made when somebody asks, so that what is not there any
 * more, as the lag of a run that has finished, leaves none behind. What is not known is left out.
 */
public final class FlowMetrics implements MultiCollector {
  private static final String PREFIX = "millrace_";
  private static final List<String> NAMES =
      List.of(
          PREFIX + "topic_bytes",
          PREFIX + "topic_kept_records",
          PREFIX + "topic_images_per_second",
          PREFIX + "topic_bytes_per_second",
          PREFIX + "lag_images",
          PREFIX + "lag_seconds",
          PREFIX + "partition_lag_images",
          PREFIX + "published_images",
          PREFIX + "workers",
          PREFIX + "held_back",
          PREFIX + "tensors_ahead_bytes",
          PREFIX + "bottleneck");

  private final Supplier<FlowView> views;

  /**
   * Collects nothing yet.
   *
   * @param views gives the newest view; quick
   */
  public FlowMetrics(Supplier<FlowView> views) {
    this.views = views;
  }

  /** One gauge under way. */
  private static final class Rows {
    private final GaugeSnapshot.Builder gauge;

    Rows(String name, String help) {
      this.gauge = GaugeSnapshot.builder().name(PREFIX + name).help(help);
    }

    /**
     * Adds a value; names of labels and their texts take turns, those without a text are left out.
     */
    Rows add(@Nullable Number value, @Nullable String... labels) {
      if (value != null) {
        Labels.Builder all = Labels.builder();
        for (int i = 0; i < labels.length; i += 2) {
          String name = labels[i];
          String text = labels[i + 1];
          if (name != null && text != null) {
            all.label(name, text);
          }
        }
        gauge.dataPoint(
            GaugeDataPointSnapshot.builder()
                .value(value.doubleValue())
                .labels(all.build())
                .build());
      }
      return this;
    }

    void into(MetricSnapshots.Builder snapshots) {
      snapshots.metricSnapshot(gauge.build());
    }
  }

  /** The names of all gauges. */
  public static List<String> names() {
    return NAMES;
  }

  @Override
  public MetricSnapshots collect() {
    FlowView view = views.get();
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    topics(view.topics(), all);
    lags(view.lags(), all);
    Rows audits = new Rows("published_images", "Images published since the run began");
    for (RunAudit audit : view.audits()) {
      audits.add(audit.published(), "run", audit.run());
    }
    audits.into(all);
    workers(view.workers(), all);
    new Rows("held_back", "1 where augmenters seem to hold back")
        .add(view.heldBack().held() ? 1 : 0)
        .into(all);
    new Rows("tensors_ahead_bytes", "Tensors that the slowest trainer has not taken")
        .add(view.heldBack().aheadBytes())
        .into(all);
    Rows stages = new Rows("bottleneck", "1 for the stage that the others wait for");
    for (Bottleneck stage : Bottleneck.values()) {
      stages.add(stage == view.bottleneck() ? 1 : 0, "stage", stage.text());
    }
    stages.into(all);
    return all.build();
  }

  private static void topics(List<TopicFlow> topics, MetricSnapshots.Builder all) {
    Rows bytes = new Rows("topic_bytes", "On the disks of the partitions' leaders");
    Rows kept = new Rows("topic_kept_records", "Images, or offsets of other records, not deleted");
    Rows images = new Rows("topic_images_per_second", "Images that came, in the latest seconds");
    Rows growth = new Rows("topic_bytes_per_second", "Bytes that came, in the latest seconds");
    for (TopicFlow topic : topics) {
      bytes.add(topic.bytes(), "topic", topic.topic());
      kept.add(topic.kept(), "topic", topic.topic());
      images.add(topic.imagesPerSecond(), "topic", topic.topic());
      growth.add(topic.bytesPerSecond(), "topic", topic.topic());
    }
    List.of(bytes, kept, images, growth).forEach(rows -> rows.into(all));
  }

  private static void lags(List<Lag> lags, MetricSnapshots.Builder all) {
    Rows images = new Rows("lag_images", "Images that a service has not taken");
    Rows seconds = new Rows("lag_seconds", "How long it takes for them, or the oldest one's age");
    Rows partitions = new Rows("partition_lag_images", "The same, of each partition");
    for (Lag lag : lags) {
      images.add(lag.images(), "service", lag.service(), "run", lag.run(), "topic", lag.topic());
      seconds.add(lag.seconds(), "service", lag.service(), "run", lag.run(), "topic", lag.topic());
      for (PartitionLag partition : lag.perPartition()) {
        partitions.add(
            partition.images(),
            "service",
            lag.service(),
            "run",
            lag.run(),
            "topic",
            lag.topic(),
            "partition",
            Integer.toString(partition.partition()));
      }
    }
    List.of(images, seconds, partitions).forEach(rows -> rows.into(all));
  }

  private static void workers(List<Worker> workers, MetricSnapshots.Builder all) {
    Rows rows = new Rows("workers", "Threads of augmenters, and trainers, that work");
    for (String kind : List.of("augmenter", "trainer")) {
      rows.add(workers.stream().filter(worker -> worker.kind().equals(kind)).count(), "kind", kind);
    }
    rows.into(all);
  }
}
