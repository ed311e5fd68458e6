package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ColocatedBenchmarkIT {
  @TempDir private Path folder;

  @Test
  void shouldMeasureBothWays() throws Exception {
    Path data = folder.resolve("data");
    for (int i = 0; i < 100; i++) {
      Path file = data.resolve("class-" + i % 2).resolve(i + ".jpg");
      Files.createDirectories(file.getParent());
      Files.write(file, JpegEncoder.encode(new Pixels(64, 64, new byte[64 * 64 * 3]), 90));
    }
    List<Measurement> measured = new ArrayList<>();

    ColocatedCost cost =
        new ColocatedPasses(folder.resolve("broker"), data, 1, 400).run("small", 1, measured::add);

    assertThat(measured)
        .extracting(Measurement::name)
        .containsExactly("small.tensors-topic", "small.tensors-topic.reading", "small.colocated");
    assertThat(measured)
        .allSatisfy(one -> {
          assertThat(one.images()).isPositive();
          assertThat(one.cpuSeconds()).isPositive();
        });
    assertThat(cost.throughTopic()).isPositive();
    assertThat(cost.sentence()).contains("The hop costs");
  }

  @Test
  void shouldTellFromHowManyTrainersOnTheTopicIsCheaper() {
    // Through the topic: 1600 µs to write and 100 µs a trainer; colocated: 1100 µs a trainer.
    ColocatedCost usual = new ColocatedCost(1700e-6, 100e-6, 1100e-6);

    assertThat(usual.hopMicros()).isCloseTo(600, within(1e-6));
    assertThat(usual.breakEven()).isEqualTo(2);
    assertThat(usual.sentence())
        .isEqualTo(
            "The hop costs 600 µs of CPU an image, 55% of 1100 µs colocated; the topic is cheaper"
                + " from 2 trainers on");
    assertThat(new ColocatedCost(1700e-6, 1200e-6, 1100e-6).breakEven())
        .isEqualTo(Double.POSITIVE_INFINITY);
  }
}
