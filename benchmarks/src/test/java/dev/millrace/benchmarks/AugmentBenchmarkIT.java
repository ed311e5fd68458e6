package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AugmentBenchmarkIT {
  @TempDir private Path folder;

  @Test
  void shouldMeasureInMemory() throws Exception {
    InProcess inProcess = new InProcess(List.of(image(1), image(2)), 0.1);
    InProcess.Worker paper = InProcess.augmenting(Recipe.of(AugmenterOptions.builder().build()));

    Measurement one = inProcess.run("decode + paper", 2, paper);
    Measurement prepared = inProcess.prepared().run("prepared", 1, paper);

    assertThat(one.images()).isPositive();
    assertThat(one.seconds()).isBetween(0.1, 20.0);
    assertThat(one.cpuSeconds()).isPositive();
    assertThat(prepared.images()).isPositive();
  }

  @Test
  void shouldMeasureThroughABroker() throws Exception {
    Path data = folder.resolve("data");
    for (int i = 0; i < 20; i++) {
      Path file = data.resolve("class-" + i % 2).resolve(i + ".jpg");
      Files.createDirectories(file.getParent());
      Files.write(file, jpeg(i));
    }
    List<Measurement> measured = new ArrayList<>();

    Map<String, Double> figures = new HashMap<>();

    new EndToEnd(folder.resolve("broker"), data, 3 * 60, measured::add, figures::put)
        .run("pipeline", List.of(1));

    assertThat(measured)
        .extracting(Measurement::name)
        .containsExactly("pipeline.publish", "pipeline", "pipeline.worker");
    assertThat(measured.get(0).images()).isEqualTo(1200);
    assertThat(measured.get(1).images()).isBetween(1L, 1200L);
    assertThat(measured.get(2).cpuSeconds()).isBetween(0.01, measured.get(1).cpuSeconds());
    assertThat(figures)
        .containsOnlyKeys("pipeline.process.first_tensor_s", "pipeline.process.heap_512m.peak_mib");
    assertThat(figures.values()).allSatisfy(figure -> assertThat(figure).isPositive());
  }

  private static ByteBuffer image(int variant) {
    return ByteBuffer.wrap(jpeg(variant));
  }

  private static byte[] jpeg(int variant) {
    byte[] rgb = new byte[300 * 280 * Pixels.CHANNELS];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * variant / 100);
    }
    return JpegEncoder.encode(new Pixels(300, 280, rgb), 90);
  }
}
