package dev.millrace.producer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageRecordsTest {
  private static final Topic<SpecificRecord> TOPIC = new Topics("test").images(Split.TRAIN);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

  @TempDir private Path folder;

  // Around each length at which the length itself takes a byte more.
  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 8191, 8192, 110_000, 1_048_575, 1_048_576})
  void shouldMakeTheRecordThatAvroMakes(int length) throws Exception {
    try (Dataset dataset = datasetOf(length)) {
      LabeledImage image = dataset.image(Split.TRAIN, 0);
      ImageRecords records = new ImageRecords(TOPIC, Split.TRAIN, 7, InstantSource.fixed(NOW));
      int room = records.head(image, 300, length).length;
      byte[] bytes = image.read(room, length);
      ReadImage read = new ReadImage(300, image, bytes, room, length, null);

      assertThat(records.value(read)).isSameAs(bytes).isEqualTo(encoded(image, 300, 7, length));
    }
  }

  @Test
  void shouldMakeTheSameRecordWhereTheRoomDoesNotFit() throws Exception {
    try (Dataset dataset = datasetOf(9000)) {
      LabeledImage image = dataset.image(Split.TRAIN, 0);
      ImageRecords records = new ImageRecords(TOPIC, Split.TRAIN, 0, InstantSource.fixed(NOW));

      for (int room : new int[] {0, 5, 500}) {
        ReadImage read = new ReadImage(0, image, image.read(room, 9000), room, 9000, null);
        assertThat(records.value(read)).isEqualTo(encoded(image, 0, 0, 9000));
      }
    }
  }

  private Dataset datasetOf(int length) throws Exception {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    for (String label : new String[] {"cat", "dog"}) {
      Path file = folder.resolve(label).resolve("é.jpg");
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    }
    return Dataset.open(folder, 0, 1);
  }

  private static byte[] encoded(LabeledImage image, int sequence, int epoch, int length)
      throws Exception {
    Image whole =
        new Image(
            image.id(),
            image.label(),
            image.synset(),
            Split.TRAIN,
            epoch,
            (long) sequence,
            image.source(),
            NOW,
            ByteBuffer.wrap(image.read(length)));
    return TOPIC.serde().serializer().serialize(TOPIC.name(), whole);
  }
}
