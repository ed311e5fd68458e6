package dev.millrace.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.SessionOptions;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NetworkBenchmarksIT {
  private static final int SIZE = 32;
  private static final int TRAINING_IMAGES = 150; // a whole minibatch and a smaller one

  @TempDir private Path folder;

  @BeforeEach
  void draw() throws Exception {
    for (int i = 0; i < TRAINING_IMAGES + 20; i++) {
      Path file =
          folder
              .resolve(i < TRAINING_IMAGES ? "data/train" : "data/test")
              .resolve("class-" + i % 2)
              .resolve(i + ".jpg");
      Files.createDirectories(file.getParent());
      Files.write(file, striped(i % 2 == 0, i));
    }
  }

  @Test
  void shouldLearnFromMemoryTheSameEachTime() throws Exception {
    List<List<Double>> errors = new ArrayList<>();
    try (Dataset dataset = Dataset.open(folder.resolve("data"), 0, 1)) {
      for (int time = 0; time < 2; time++) {
        List<Double> ofTime = new ArrayList<>();
        try (MemoryTraining training =
            new MemoryTraining(
                dataset,
                Recipe.of(augmenting()),
                SessionOptions.of(Network.of("cifar10-quick"), 2, 1, Device.CPU))) {
          assertThat(training.stepsInEpoch()).isEqualTo(2);
          for (int step = 0; step < 12; step++) {
            ofTime.add(training.step(0.01f));
          }
          assertThat(training.steps()).isEqualTo(12);
          ofTime.add(training.error());
        }
        errors.add(ofTime);
      }
    }

    assertThat(errors.get(1)).isEqualTo(errors.get(0));
    assertThat(errors.get(0).getFirst()).isBetween(0.2, 0.8);
    assertThat(errors.get(0).getLast()).isZero();
  }

  @Test
  void shouldTrainThroughKafka() throws Exception {
    TrainerOptions options =
        TrainerOptions.builder()
            .model("cifar10-quick")
            .epochs(6)
            .device(Device.CPU)
            .tenCrops(true)
            .build();
    TrainingSummary summary;
    try (Dataset dataset = Dataset.open(folder.resolve("data"), 0, 1)) {
      summary =
          new KafkaTraining(folder.resolve("broker"), dataset, augmenting(), options)
              .run(TrainingListener.NONE);
    }

    assertThat(summary.epochs()).isEqualTo(6);
    assertThat(summary.images()).isEqualTo(6 * TRAINING_IMAGES);
    assertThat(summary.evaluation())
        .satisfies(last -> {
          assertThat(last.images()).isEqualTo(20);
          assertThat(last.top1Error()).isZero();
        });
  }

  @Test
  void shouldDrawCurves() throws Exception {
    Curve curve = new Curve("relu");
    for (int i = 0; i <= 10; i++) {
      curve.add(i, 0.9 - 0.05 * i);
    }
    Path file = folder.resolve("docs/curve.png");

    new Figure("Four layers", "error, percent").write(file, List.of(curve));

    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(800);
    assertThat(image.getHeight()).isEqualTo(500);
    assertThat(curve.percent().getLast()).isCloseTo(40, within(1e-9));
  }

  @Test
  void shouldForgetAllButTheLastValues() {
    RunningMean mean = new RunningMean(3);
    mean.add(9);
    assertThat(mean.isFull()).isFalse();
    assertThat(mean.mean()).isEqualTo(9);
    mean.add(1);
    mean.add(2);
    mean.add(6);

    assertThat(mean.isFull()).isTrue();
    assertThat(mean.mean()).isCloseTo(3, within(1e-12));
  }

  private static AugmenterOptions augmenting() {
    return AugmenterOptions.builder().resize(SIZE).crop(SIZE).lighting(0).build();
  }

  /** Stripes across or upright, of a width that follows from {@code variant}. */
  private static byte[] striped(boolean upright, int variant) {
    int width = 3 + variant % 5;
    byte[] rgb = new byte[SIZE * SIZE * Pixels.CHANNELS];
    for (int i = 0; i < SIZE * SIZE; i++) {
      int along = upright ? i % SIZE : i / SIZE;
      for (int channel = 0; channel < Pixels.CHANNELS; channel++) {
        rgb[i * Pixels.CHANNELS + channel] =
            (byte) ((along / width + channel * variant) % 2 == 0 ? 40 : 200);
      }
    }
    return JpegEncoder.encode(new Pixels(SIZE, SIZE, rgb), 90);
  }
}
