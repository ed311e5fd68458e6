package dev.millrace.producer.survey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.survey.SurveyReport.Spread;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurveyTest {
  @TempDir private Path folder;

  private void write(String path, byte[] bytes) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static byte[] jpeg(int width, int height) {
    return JpegEncoder.encode(new Pixels(height, width, new byte[3 * width * height]), 90);
  }

  @Test
  void shouldTellClassesSizesAndWhatIsBroken() throws Exception {
    write("train/cat/1.jpg", jpeg(40, 30));
    write("train/cat/2.jpg", jpeg(20, 10));
    write("train/dog/1.jpg", jpeg(50, 60));
    write("train/dog/2.jpg", "no image".getBytes(StandardCharsets.UTF_8));
    write("train/dog/3.jpg", new byte[0]);
    write("train/dog/notes.txt", new byte[] {1});
    write("val/dog/4.jpg", jpeg(400, 400));

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      Survey survey = new Survey(dataset, new ImageLimits(1 << 20, 100_000));
      SurveyReport report = survey.run();

      assertThat(survey.looked()).isEqualTo(6);
      assertThat(report.classes())
          .extracting(one ->
              "%s %d %d".formatted(one.synset(), one.of(Split.TRAIN), one.of(Split.VALIDATION)))
          .containsExactly("cat 2 0", "dog 3 1");
      assertThat(report.widths()).isEqualTo(new Spread(20, 40, 50));
      assertThat(report.heights()).isEqualTo(new Spread(10, 30, 60));
      assertThat(report.bytes())
          .isEqualTo(jpeg(40, 30).length + jpeg(20, 10).length + jpeg(50, 60).length);
      assertThat(report.skippedFiles()).isEqualTo(1);
      assertThat(report.broken()).isEqualTo(3);
      assertThat(report.examples())
          .extracting(image -> Path.of(image.source()).getFileName() + ": " + image.reason())
          .containsExactlyInAnyOrder(
              "2.jpg: not a JPEG, PNG, WebP or GIF, starts with 6e 6f 20 69",
              "3.jpg: the file is empty",
              "4.jpg: an image may have 100000 pixels at most, found 400 x 400");
    }
  }
}
