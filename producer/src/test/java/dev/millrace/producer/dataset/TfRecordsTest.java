package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import dev.millrace.schemas.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of records as TensorFlow's scripts for ImageNet write them. */
class TfRecordsTest {
  @TempDir private Path folder;

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static byte[] message(Writing writing) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    writing.to(out);
    out.flush();
    return bytes.toByteArray();
  }

  private static byte[] feature(String key, int kind, byte[] list) throws IOException {
    byte[] value = message(out -> out.writeByteArray(kind, list));
    return message(out -> {
      out.writeString(1, key);
      out.writeByteArray(2, value);
    });
  }

  private static byte[] bytes(String key, String text) throws IOException {
    return feature(key, 1, message(out -> out.writeByteArray(1, text.getBytes(UTF_8))));
  }

  private static byte[] packed(String key, long number) throws IOException {
    byte[] numbers = message(out -> out.writeInt64NoTag(number));
    return feature(key, 3, message(out -> out.writeByteArray(1, numbers)));
  }

  private static byte[] unpacked(String key, long number) throws IOException {
    return feature(key, 3, message(out -> out.writeInt64(1, number)));
  }

  private static byte[] example(byte[]... features) throws IOException {
    byte[] map =
        message(out -> {
          for (byte[] feature : features) {
            out.writeByteArray(1, feature);
          }
        });
    return message(out -> out.writeByteArray(1, map));
  }

  private static byte[] image(String content, long label, String synset) throws IOException {
    return example(
        packed("image/height", 375),
        bytes("image/encoded", content),
        packed("image/class/label", label),
        bytes("image/class/synset", synset),
        bytes("image/class/text", "words of " + synset));
  }

  private Path write(String name, byte[]... records) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (byte[] record : records) {
      byte[] length =
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(record.length).array();
      file.writeBytes(length);
      file.writeBytes(sum(length));
      file.writeBytes(record);
      file.writeBytes(sum(record));
    }
    return Files.write(folder.resolve(name), file.toByteArray());
  }

  // The masked sum of TensorFlow's lib/hash/crc32c.h.
  private static byte[] sum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    long value = crc.getValue();
    long masked = (((value >>> 15) | (value << 17)) + 0xa282ead8L) & 0xffffffffL;
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt((int) masked).array();
  }

  private static void assertFailure(Path data, String... words) {
    assertThatThrownBy(() -> Dataset.open(data, 0, 1))
        .isInstanceOf(DatasetException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void shouldReadImagesLabelsAndNamesOfAFolder() throws Exception {
    write("train-00000-of-00002", image("a", 2, "n02"), image("bb", 1, "n01"));
    write("train-00001-of-00002", image("ccc", 2, "n02"));
    write("validation-00000-of-00001", image("d", 1, "n01"));
    Files.writeString(folder.resolve("labels.txt"), "what is what");

    try (Dataset dataset = Dataset.open(folder, 0.5, 1)) {
      assertThat(dataset.synsets()).containsExactly("0", "n01", "n02");
      assertThat(dataset.names()).containsExactly("0", "words of n01", "words of n02");
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly(
              "train-00000-of-00002/00000000 2 a",
              "train-00000-of-00002/00000001 1 bb",
              "train-00001-of-00002/00000000 2 ccc");
      assertThat(Tars.describe(dataset, Split.VALIDATION))
          .containsExactly("validation-00000-of-00001/00000000 1 d");
    }
  }

  @Test
  void shouldReadOneFileAndNumbersThatAreNotPacked() throws Exception {
    Path file =
        write(
            "data.tfrecord",
            example(unpacked("image/class/label", 0), bytes("image/encoded", "a")),
            example(bytes("image/encoded", "b"), unpacked("image/class/label", 1)));

    try (Dataset dataset = Dataset.open(file, 0, 1)) {
      assertThat(dataset.synsets()).containsExactly("0", "1");
      assertThat(Tars.describe(dataset, Split.TRAIN))
          .containsExactly("00000000 0 a", "00000001 1 b");
    }
  }

  @Test
  void shouldNameTheRecordThatIsDamaged() throws Exception {
    Path file = write("data.tfrecord", image("a", 0, "n01"), image("b", 1, "n02"));
    byte[] whole = Files.readAllBytes(file);
    for (int at : new int[] {whole.length / 2 + 3, whole.length / 2 + 40, whole.length - 2}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      assertFailure(file, "Cannot read record 1 of the TFRecords in " + file, "checksum");
    }
    Files.write(file, Arrays.copyOf(whole, whole.length - 5));
    assertFailure(file, "record 1 of the TFRecords", "cut short");
  }

  @Test
  void shouldNameTheRecordThatIsNoImage() throws Exception {
    Path file = write("data.tfrecord", example(bytes("image/encoded", "a")));
    assertFailure(file, "record 0", "it has no field image/class/label");

    write("data.tfrecord", example(packed("image/class/label", 1)));
    assertFailure(file, "record 0", "it has no field image/encoded");

    write("data.tfrecord", image("a", -1, "n01"));
    assertFailure(file, "record 0", "a label is a number from 0 to 99,999, found -1");

    write("data.tfrecord", "no example at all".getBytes(UTF_8));
    assertFailure(file, "Cannot read record 0 of the TFRecords");
  }
}
