package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.benchmarks.IngestionCost.Turn;
import dev.millrace.producer.dataset.Dataset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class IngestionBenchmarkIT {
  @TempDir private Path folder;

  @Test
  void shouldMeasureTheProducerAndItsParts() throws Exception {
    Path data = folder.resolve("data");
    for (int i = 0; i < 20; i++) {
      Path file = data.resolve("class-" + i % 2).resolve(i + ".jpg");
      Files.createDirectories(file.getParent());
      Files.write(file, new byte[5000]);
    }
    Processors processors = new Processors();
    try (Dataset dataset = Dataset.open(data, 0, 1);
        BrokerProcess broker = BrokerProcess.start(processors.forBrokers(), folder)) {
      IngestionPasses passes =
          new IngestionPasses(
              Map.of("bootstrap.servers", broker.bootstrapServers()),
              broker::cpuNanos,
              dataset,
              400);

      Turn turn = new Turn(passes.read(), passes.send(), passes.publish());

      assertThat(passes.meanBytes()).isEqualTo(5000);
      assertThat(List.of(turn.disk(), turn.broker(), turn.producer()))
          .allSatisfy(one -> {
            assertThat(one.images()).isBetween(1L, 350L);
            // Reading small files can cost less than the clock of CPU time can tell.
            assertThat(one.cpuSeconds()).isNotNegative();
          });
    }
  }

  @Test
  void shouldListAnArchiveInASmallHeap() throws Exception {
    Path archive = folder.resolve("images.tar");
    ImagenetNames.write(archive, 3000);

    ListingProcess.Listed listed = ListingProcess.run(archive);

    assertThat(listed.images()).isEqualTo(3000);
    assertThat(listed.retainedMib()).isBetween(0.1, (double) ListingProcess.HEAP_MIB);
  }

  @Test
  void shouldCompareWithinATurn() {
    Turn quick = turn(1000, 500, 450, 0.3);
    Turn slow = turn(400, 800, 300, 0.6);
    Map<String, Double> figures = new IngestionCost(List.of(quick, slow, quick), 55_000).figures();

    assertThat(quick.rateOverLimit()).isCloseTo(0.9, within(1e-9));
    assertThat(slow.rateOverLimit()).isCloseTo(0.75, within(1e-9));
    assertThat(figures)
        .containsEntry("ingestion.rate_over_limit", quick.rateOverLimit())
        .containsEntry("ingestion.producer.images_s", 450.0);
    // 0.3 s for 1000 images of half the usual size.
    assertThat(figures.get("ingestion.cpu_ms")).isCloseTo(0.6, within(1e-9));
    assertThat(figures.get("ingestion.cpu_over_parts")).isCloseTo(1.5, within(1e-9));
  }

  // Of 1000 images a pass; the parts take a third of the producer's CPU time each.
  private static Turn turn(double disk, double broker, double producer, double cpuSeconds) {
    return new Turn(
        new Measurement("disk", 4, 1000, 1000 / disk, cpuSeconds / 3),
        new Measurement("broker", 1, 1000, 1000 / broker, cpuSeconds / 3),
        new Measurement("producer", 4, 1000, 1000 / producer, cpuSeconds));
  }
}
