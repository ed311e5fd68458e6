package dev.millrace.augmenter;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.apache.kafka.common.TopicPartition;

/**
 * One augmenter's meters. They read the tally when somebody asks for them, so that an image costs
 * no more for being counted here.
 */
final class AugmenterMeters implements AutoCloseable {
  private static final String PREFIX = "millrace.augmenter.";

  private final MeterRegistry registry;
  private final Tags worker;
  private final Map<String, Split> splits = new HashMap<>();
  private final List<Meter> meters = new ArrayList<>();
  private final MultiGauge lags;
  private final Map<TopicPartition, Long> lag = new ConcurrentHashMap<>();

  /**
   * Registers the meters.
   *
   * @param registry has no other augmenter's of the same name
   * @param worker the augmenter's name
   */
  AugmenterMeters(
      MeterRegistry registry, String worker, Topics topics, Tally tally, HeldPartitions held) {
    this.registry = registry;
    this.worker = Tags.of("worker", worker);
    for (Split split : Split.values()) {
      splits.put(topics.images(split).name(), split);
      count(
          "images",
          "Images that became tensors",
          "images",
          Tags.of("split", text(split)),
          tally,
          of -> of.images(split));
    }
    for (Stage stage : List.of(Stage.READ, Stage.DECODE, Stage.AUGMENT)) {
      count(
          "deadletters",
          "Images that became dead letters",
          "deadletters",
          Tags.of("stage", stage.text()),
          tally,
          of -> of.deadLetters(stage));
    }
    count(
        "bytes",
        "Encoded bytes of the images that became tensors, and elements of those",
        "bytes",
        Tags.of("direction", "in"),
        tally,
        Tally::imageBytes);
    count(
        "bytes",
        "Encoded bytes of the images that became tensors, and elements of those",
        "bytes",
        Tags.of("direction", "out"),
        tally,
        Tally::tensorBytes);
    for (Stage stage : List.of(Stage.READ, Stage.AUGMENT, Stage.SEND)) {
      time(stage, tally);
    }
    count(
        "held.time",
        "How long at least one partition was held back",
        "seconds",
        Tags.empty(),
        held,
        of -> of.nanos() / 1e9);
    meters.add(
        Gauge.builder(PREFIX + "held", held, of -> of.get().size())
            .description("Partitions of the training images that are held back, all augmenters'")
            .baseUnit("partitions")
            .tags(this.worker)
            .register(registry));
    lags =
        MultiGauge.builder(PREFIX + "lag")
            .description("Records that are not yet augmented, of the partitions of this augmenter")
            .baseUnit("records")
            .tags(this.worker)
            .register(registry);
  }

  /**
   * Shows these lags and no others.
   *
   * @param now records behind, by partition of the images topics
   */
  void lag(Map<TopicPartition, Long> now) {
    lag.putAll(now);
    lag.keySet().retainAll(now.keySet());
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    now.keySet().forEach(partition -> rows.add(row(partition)));
    lags.register(rows);
  }

  /** Takes the meters out of the registry. */
  @Override
  public void close() {
    meters.forEach(registry::remove);
    lags.register(List.of());
  }

  private <T> void count(
      String name, String help, String unit, Tags tags, T of, ToDoubleFunction<T> value) {
    meters.add(
        FunctionCounter.builder(PREFIX + name, of, value)
            .description(help)
            .baseUnit(unit)
            .tags(tags.and(worker))
            .register(registry));
  }

  private void time(Stage stage, Tally tally) {
    meters.add(
        FunctionTimer.builder(
                PREFIX + "stage",
                tally,
                of -> of.times(stage),
                of -> of.nanos(stage),
                TimeUnit.NANOSECONDS)
            .description("What images take, over all threads; decoding is a part of augmenting")
            .tags(Tags.of("stage", stage.text()).and(worker))
            .register(registry));
  }

  private MultiGauge.Row<?> row(TopicPartition partition) {
    Split split = Objects.requireNonNull(splits.get(partition.topic()));
    Tags tags = Tags.of("split", text(split), "partition", Integer.toString(partition.partition()));
    return MultiGauge.Row.of(tags, () -> lag.getOrDefault(partition, 0L));
  }

  private static String text(Split split) {
    return split.name().toLowerCase(Locale.ROOT);
  }
}
