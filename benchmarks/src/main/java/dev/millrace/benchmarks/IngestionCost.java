package dev.millrace.benchmarks;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What turns of reading, sending and publishing tell of a producer. Ratios are made within a turn,
 * since a shared machine is slower for a while.
 *
 * @param turns all of them
 * @param meanBytes mean size of an image
 */
record IngestionCost(List<Turn> turns, double meanBytes) {
  private static final double USUAL_BYTES = 110_000;

  /** One turn: the parts by themselves, and the producer. */
  record Turn(Measurement disk, Measurement broker, Measurement producer) {
    /** The producer's images a second as a share of the slower part's. */
    double rateOverLimit() {
      return producer.perSecond() / Math.min(disk.perSecond(), broker.perSecond());
    }

    /** The producer's CPU time over that of the two parts. */
    double cpuOverParts() {
      return producer.cpuSeconds() / (disk.cpuSeconds() + broker.cpuSeconds());
    }
  }

  /** Figures by name: of each, the turn in the middle. */
  Map<String, Double> figures() {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("ingestion.rate_over_limit", median(Turn::rateOverLimit));
    figures.put("ingestion.cpu_ms", cpuMillis(Turn::producer) * USUAL_BYTES / meanBytes);
    figures.put("ingestion.cpu_over_parts", median(Turn::cpuOverParts));
    put(figures, "producer", Turn::producer);
    put(figures, "disk", Turn::disk);
    put(figures, "broker", Turn::broker);
    figures.put("ingestion.mean_kb", meanBytes / 1000);
    return figures;
  }

  private void put(Map<String, Double> figures, String name, Function<Turn, Measurement> of) {
    double rate = median(turn -> of.apply(turn).perSecond());
    figures.put("ingestion.%s.images_s".formatted(name), rate);
    figures.put("ingestion.%s.mb_s".formatted(name), rate * meanBytes / 1e6);
    figures.put("ingestion.%s.cpu_ms".formatted(name), cpuMillis(of));
  }

  private double cpuMillis(Function<Turn, Measurement> of) {
    return median(turn -> 1000 * of.apply(turn).cpuSeconds() / of.apply(turn).images());
  }

  private double median(ToDoubleFunction<Turn> figure) {
    return turns.stream()
        .map(figure::applyAsDouble)
        .sorted(Comparator.naturalOrder())
        .toList()
        .get(turns.size() / 2);
  }
}
