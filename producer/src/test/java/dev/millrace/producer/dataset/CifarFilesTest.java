package dev.millrace.producer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.Split;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of the form of CIFAR's binary distributions, with a few images. */
class CifarFilesTest {
  private static final int LEVELS = 3 * 32 * 32;

  @TempDir private Path folder;

  private final SplittableRandom random = new SplittableRandom(9);

  private byte[] records(int labelBytes, int... labels) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int label : labels) {
      for (int i = 1; i < labelBytes; i++) {
        bytes.write(0); // the coarse one
      }
      bytes.write(label);
      byte[] levels = new byte[LEVELS];
      random.nextBytes(levels);
      bytes.writeBytes(levels);
    }
    return bytes.toByteArray();
  }

  private byte[] writeCifar10() throws IOException {
    Files.writeString(folder.resolve("batches.meta.txt"), "airplane\nautomobile\nbird\n\n");
    for (int batch = 2; batch <= 5; batch++) {
      Files.write(folder.resolve("data_batch_%d.bin".formatted(batch)), records(1, 0));
    }
    byte[] first = records(1, 2, 1);
    Files.write(folder.resolve("data_batch_1.bin"), first);
    Files.write(folder.resolve("test_batch.bin"), records(1, 1, 0, 2));
    return first;
  }

  @Test
  void shouldGiveTheImagesOfCifar10AsTheyAre() throws Exception {
    byte[] first = writeCifar10();

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.synsets()).containsExactly("airplane", "automobile", "bird");
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(6);
      assertThat(dataset.size(Split.VALIDATION)).isEqualTo(3);
      LabeledImage second = dataset.image(Split.TRAIN, 1);
      assertThat(second.id()).isEqualTo("data_batch_1.bin/00001.png");
      assertThat(second.label()).isEqualTo(1);
      assertThat(dataset.image(Split.TRAIN, 5).id()).isEqualTo("data_batch_5.bin/00000.png");
      assertThat(dataset.image(Split.VALIDATION, 2).label()).isEqualTo(2);
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(second.read(1 << 20)));
      for (int i = 0; i < 1024; i++) {
        int at = 3073 + 1 + i;
        int expected =
            (first[at] & 255) << 16 | (first[at + 1024] & 255) << 8 | (first[at + 2048] & 255);
        assertThat(image.getRGB(i % 32, i / 32) & 0xffffff).isEqualTo(expected);
      }
    }
  }

  @Test
  void shouldReadTheFirstBytesBehindRoom() throws Exception {
    writeCifar10();

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.image(Split.TRAIN, 1).read(3, 4))
          .isEqualTo(new byte[] {0, 0, 0, (byte) 0x89, 'P', 'N', 'G'});
    }
  }

  @Test
  void shouldRefuseAFileThatHasBecomeShorter() throws Exception {
    byte[] first = writeCifar10();

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      Files.write(folder.resolve("data_batch_1.bin"), Arrays.copyOf(first, first.length - 1));
      assertThatThrownBy(() -> dataset.image(Split.TRAIN, 1).read(1 << 20))
          .isInstanceOf(EOFException.class)
          .hasMessageContaining("data_batch_1.bin has become shorter since it was listed");
    }
  }

  @Test
  void shouldTakeTheFineLabelsOfCifar100() throws Exception {
    Files.writeString(folder.resolve("fine_label_names.txt"), "apple\naquarium_fish\n");
    Files.write(folder.resolve("train.bin"), records(2, 1, 0, 1));
    Files.write(folder.resolve("test.bin"), records(2, 0));

    try (Dataset dataset = Dataset.open(folder, 0, 1)) {
      assertThat(dataset.synsets()).containsExactly("apple", "aquarium_fish");
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(3);
      assertThat(dataset.image(Split.TRAIN, 2).label()).isEqualTo(1);
      assertThat(dataset.image(Split.VALIDATION, 0).label()).isZero();
    }
  }

  @Test
  void shouldNameTheFileThatIsWrong() throws Exception {
    writeCifar10();
    Files.write(folder.resolve("data_batch_3.bin"), new byte[3074]);
    assertFailure("data_batch_3.bin has 3,074 bytes, not a multiple of 3,073");

    Files.write(folder.resolve("data_batch_3.bin"), records(1, 77));
    assertFailure("data_batch_3.bin has the label 77, there are 3 classes");

    Files.delete(folder.resolve("data_batch_3.bin"));
    assertFailure("data_batch_3.bin");
  }

  private void assertFailure(String words) {
    assertThatThrownBy(() -> Dataset.open(folder, 0, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContaining("Cannot read CIFAR's files in " + folder)
        .hasMessageContaining(words);
  }
}
