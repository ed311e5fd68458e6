package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Sinks;
import us.hebi.matlab.mat.types.Struct;

/** Archives of the form of ILSVRC 2012's, with a few files in place of its images. */
class ImagenetArchivesTest {
  private static final String TRAIN = "ILSVRC2012_img_train.tar";
  private static final String VALIDATION = "ILSVRC2012_img_val.tar";
  private static final String KIT = "ILSVRC2012_devkit_t12.tar.gz";

  // The kit numbers its classes in an order of its own, and those above them, too.
  private static final List<String> KIT_SYNSETS =
      List.of("n02119789", "n01440764", "n02088364", "n00001740");
  private static final List<String> WORDS =
      List.of("kit fox, Vulpes macrotis", "tench, Tinca tinca", "beagle", "entity");
  private static final String TRUTH = "2\n1\n3\n2\n";

  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    Map<String, byte[]> train = new LinkedHashMap<>();
    for (String synset : List.of("n02119789", "n01440764", "n02088364")) {
      train.put(
          synset + ".tar",
          Tars.tar(images("%s_1.JPEG".formatted(synset), "%s_20.JPEG".formatted(synset))));
    }
    Files.write(folder.resolve(TRAIN), Tars.tar(train));
    Files.write(
        folder.resolve(VALIDATION),
        Tars.tar(
            images(
                "ILSVRC2012_val_00000001.JPEG",
                "ILSVRC2012_val_00000002.JPEG",
                "ILSVRC2012_val_00000003.JPEG",
                "ILSVRC2012_val_00000004.JPEG")));
    writeKit(TRUTH.getBytes(UTF_8), meta());
  }

  @Test
  void shouldReadTheArchivesAsTheyAreDistributed() throws Exception {
    try (Dataset dataset = Dataset.open(folder, 0.5, 1)) {
      assertThat(dataset.synsets()).containsExactly("n01440764", "n02088364", "n02119789");
      assertThat(dataset.names())
          .containsExactly("tench, Tinca tinca", "beagle", "kit fox, Vulpes macrotis");
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly(
              "train/n01440764/n01440764_1.JPEG 0 n01440764_1.JPEG",
              "train/n01440764/n01440764_20.JPEG 0 n01440764_20.JPEG",
              "train/n02088364/n02088364_1.JPEG 1 n02088364_1.JPEG",
              "train/n02088364/n02088364_20.JPEG 1 n02088364_20.JPEG",
              "train/n02119789/n02119789_1.JPEG 2 n02119789_1.JPEG",
              "train/n02119789/n02119789_20.JPEG 2 n02119789_20.JPEG");
      assertThat(Tars.describe(dataset, Split.VALIDATION))
          .containsExactly(
              "val/n01440764/ILSVRC2012_val_00000001.JPEG 0 ILSVRC2012_val_00000001.JPEG",
              "val/n01440764/ILSVRC2012_val_00000004.JPEG 0 ILSVRC2012_val_00000004.JPEG",
              "val/n02088364/ILSVRC2012_val_00000003.JPEG 1 ILSVRC2012_val_00000003.JPEG",
              "val/n02119789/ILSVRC2012_val_00000002.JPEG 2 ILSVRC2012_val_00000002.JPEG");
    }
  }

  @Test
  void shouldHoldOutImagesWhereThereIsNoValidationArchive() throws Exception {
    Files.delete(folder.resolve(VALIDATION));

    try (Dataset dataset = Dataset.open(folder, 0.5, 1)) {
      assertThat(dataset.size(Split.TRAIN)).isEqualTo(3);
      assertThat(dataset.size(Split.VALIDATION)).isEqualTo(3);
      assertThat(dataset.names()).contains("beagle");
    }
    try (Dataset alone = Dataset.open(folder.resolve(TRAIN), 0, 1)) {
      assertThat(alone.size(Split.TRAIN)).isEqualTo(6);
      assertThat(alone.names()).contains("n02088364");
    }
  }

  @Test
  void shouldSayWhatIsMissingOrWrong() throws Exception {
    Files.delete(folder.resolve(KIT));
    assertFailure("Cannot tell the classes of the images in", "put " + KIT + " beside it");

    Files.writeString(folder.resolve(KIT), "no archive");
    assertFailure("Cannot read the development kit " + folder.resolve(KIT), "copy it again");

    writeKit(TRUTH.getBytes(UTF_8), Arrays.copyOf(meta(), 200));
    assertFailure("Cannot read the development kit " + folder.resolve(KIT), "copy it again");

    writeKit("2\n1\n".getBytes(UTF_8), meta());
    assertFailure("does not tell the class of validation image 3", folder.resolve(VALIDATION) + "");

    writeKit(TRUTH.getBytes(UTF_8), meta());
    byte[] train = Files.readAllBytes(folder.resolve(TRAIN));
    Files.write(folder.resolve(TRAIN), Arrays.copyOf(train, train.length / 2));
    assertFailure("Cannot read the tar archive " + folder.resolve(TRAIN), "copy it again");
  }

  private void assertFailure(String... words) {
    assertThatThrownBy(() -> Dataset.open(folder, 0, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(words);
  }

  private void writeKit(byte[] truth, byte[] meta) throws IOException {
    Map<String, byte[]> kit = new LinkedHashMap<>();
    kit.put("ILSVRC2012_devkit_t12/readme.txt", new byte[] {1});
    kit.put("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", truth);
    kit.put("ILSVRC2012_devkit_t12/data/meta.mat", meta);
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(KIT)))) {
      out.write(Tars.tar(kit));
    }
  }

  private static byte[] meta() throws IOException {
    Struct synsets = Mat5.newStruct(KIT_SYNSETS.size(), 1);
    for (int i = 0; i < KIT_SYNSETS.size(); i++) {
      synsets.set("ILSVRC2012_ID", i, Mat5.newScalar(i + 1));
      synsets.set("WNID", i, Mat5.newString(KIT_SYNSETS.get(i)));
      synsets.set("words", i, Mat5.newString(WORDS.get(i)));
    }
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    Mat5.newWriter(Sinks.wrap(buffer)).writeMat(Mat5.newMatFile().addArray("synsets", synsets));
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static Map<String, byte[]> images(String... names) {
    Map<String, byte[]> images = new LinkedHashMap<>();
    for (String name : names) {
      images.put(name, name.getBytes(UTF_8));
    }
    return images;
  }
}
