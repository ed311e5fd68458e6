package dev.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

class AvroSerdeTest {
  private static final Instant TIME = Instant.ofEpochMilli(1_764_000_000_123L);

  /** What records of the version before the verdict begin with. */
  private static final long METRIC_1 = -8238120677159991764L;

  private final Topics topics = new Topics("millrace");

  @Test
  void shouldReadBackBothKindsOfRecordOfOneTopic() {
    Topic<SpecificRecord> images = topics.images(Split.TRAIN);
    SpecificRecord image =
        new Image(
            "a/1.jpg",
            3,
            "n01440764",
            Split.TRAIN,
            2,
            417L,
            "data/a/1.jpg",
            TIME,
            ByteBuffer.wrap(new byte[] {1, 2, 3}));
    SpecificRecord end = new EpochEnd(Split.TRAIN, 2, 1000L, TIME);

    assertThat(roundTrip(images, image)).isEqualTo(image);
    assertThat(roundTrip(images, end)).isEqualTo(end);
  }

  @Test
  void shouldWriteWhatAvrosOwnSingleObjectDecoderReads() throws Exception {
    SpecificRecord end = new EpochEnd(Split.VALIDATION, 7, 50_000L, TIME);
    byte[] bytes = topics.images(Split.VALIDATION).serde().serializer().serialize("t", end);

    SpecificRecord read =
        new BinaryMessageDecoder<SpecificRecord>(new EpochEnd().getSpecificData(), EpochEnd.SCHEMA$)
            .decode(bytes);

    assertThat(read).isEqualTo(end);
  }

  @Test
  void shouldReadWhatAvrosOwnSingleObjectEncoderWrites() throws Exception {
    TrainingMetric metric =
        new TrainingMetric("default", 12L, 1, Split.TRAIN, TIME, Map.of("loss", 2.5), "");
    ByteBuffer bytes =
        new BinaryMessageEncoder<TrainingMetric>(
                new TrainingMetric().getSpecificData(), TrainingMetric.SCHEMA$)
            .encode(metric);
    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);

    assertThat(topics.metrics().serde().deserializer().deserialize("t", array)).isEqualTo(metric);
  }

  @Test
  void shouldReadTensorsInPlaceAsAvroWritesThem() {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    for (int i = 0; i < 200; i++) {
      ImageTensor tensor = tensor(random);
      byte[] bytes = topics.tensors(tensor.getSplit()).serde().serializer().serialize("t", tensor);
      ByteBuffer value = ByteBuffer.allocateDirect(bytes.length + 7).position(7).put(bytes);
      value.flip().position(7);

      assertThat(ImageTensorView.isImageTensor(value)).isTrue();
      ImageTensorView view = ImageTensorView.of(value);

      assertThat(view.id()).isEqualTo(tensor.getId());
      assertThat(view.label()).isEqualTo(tensor.getLabel());
      assertThat(view.split()).isEqualTo(tensor.getSplit());
      assertThat(view.epoch()).isEqualTo(tensor.getEpoch());
      assertThat(view.sequence()).isEqualTo(tensor.getSequence());
      assertThat(view.type()).isEqualTo(tensor.getType());
      assertThat(view.publishedAtMillis()).isEqualTo(tensor.getPublishedAt().toEpochMilli());
      assertThat(view.augmentedAtMillis()).isEqualTo(tensor.getAugmentedAt().toEpochMilli());
      assertThat(view.elements()).isEqualTo(tensor.getBytes());
      assertThat(value.position()).isEqualTo(7);
    }
  }

  @Test
  void shouldRefuseTensorsThatAreCutShortAtAnyByte() {
    byte[] bytes =
        topics
            .tensors(Split.TRAIN)
            .serde()
            .serializer()
            .serialize("t", tensor(RandomGeneratorFactory.of("L64X128MixRandom").create(2)));
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> ImageTensorView.of(cut)).isInstanceOf(SerializationException.class);
    }
  }

  @Test
  void shouldSayWhatAForeignRecordStartsWith() {
    byte[] text = "{\"image\": 1234567890}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> topics.metrics().serde().deserializer().deserialize("t", text))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageContaining("starts with C3 01, found 7B 22");
  }

  @Test
  void shouldNameTheFingerprintOfAnUnknownSchema() {
    byte[] bytes = new byte[20];
    bytes[0] = (byte) 0xC3;
    bytes[1] = 1;
    bytes[2] = (byte) 0xAB;

    assertThatThrownBy(() -> topics.metrics().serde().deserializer().deserialize("t", bytes))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessageContaining("00000000000000AB");
  }

  @Test
  void shouldRefuseARecordOfAnotherTopic() {
    byte[] end =
        topics
            .images(Split.TRAIN)
            .serde()
            .serializer()
            .serialize("t", new EpochEnd(Split.TRAIN, 0, 1L, TIME));

    assertThatThrownBy(() -> topics.metrics().serde().deserializer().deserialize("m", end))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("topic m")
        .hasMessageContaining("EpochEnd");
  }

  @Test
  void shouldReadMetricsOfTheVersionBeforeTheVerdict() throws Exception {
    Schema earlier = SchemaStore.released("TrainingMetric-1.avsc");
    assertThat(SchemaStore.fingerprint(earlier)).isEqualTo(METRIC_1);
    GenericRecord written = new GenericData.Record(earlier);
    written.put("run", "default");
    written.put("step", 12L);
    written.put("epoch", 1);
    written.put("split", new GenericData.EnumSymbol(Split.SCHEMA$, "TRAIN"));
    written.put("time", TIME.toEpochMilli());
    written.put("values", Map.of("loss", 2.5));
    ByteBuffer bytes =
        new BinaryMessageEncoder<GenericRecord>(GenericData.get(), earlier).encode(written);

    byte[] array = new byte[bytes.remaining()];
    bytes.get(array);
    assertThat(topics.metrics().serde().deserializer().deserialize("t", array))
        .isEqualTo(
            new TrainingMetric("default", 12L, 1, Split.TRAIN, TIME, Map.of("loss", 2.5), ""));
  }

  @Test
  void shouldLetThatVersionsSchemaReadMetricsWithAVerdict() throws Exception {
    TrainingMetric metric =
        new TrainingMetric("default", 12L, 1, Split.TRAIN, TIME, Map.of("loss", 2.5), "waits");
    byte[] bytes = topics.metrics().serde().serializer().serialize("t", metric);
    BinaryMessageDecoder<GenericRecord> earlier =
        new BinaryMessageDecoder<>(
            GenericData.get(), SchemaStore.released("TrainingMetric-1.avsc"));
    earlier.addSchema(TrainingMetric.SCHEMA$); // as a registry would tell it

    GenericRecord read = earlier.decode(bytes);

    assertThat(read.get("step")).isEqualTo(12L);
    assertThat(read.hasField("verdict")).isFalse();
  }

  private static ImageTensor tensor(RandomGenerator random) {
    int height = 1 + random.nextInt(5);
    int width = 1 + random.nextInt(5);
    byte[] elements = new byte[height * width * 3];
    random.nextBytes(elements);
    return new ImageTensor(
        "é".repeat(random.nextInt(90)),
        random.nextInt(1000),
        random.nextBoolean() ? Split.TRAIN : Split.VALIDATION,
        random.nextInt(),
        random.nextLong(),
        height,
        width,
        3,
        TensorLayout.HWC,
        TensorType.UINT8,
        Instant.ofEpochMilli(random.nextLong(1L << 42)),
        Instant.ofEpochMilli(random.nextLong(1L << 42)),
        ByteBuffer.wrap(elements));
  }

  private static SpecificRecord roundTrip(Topic<SpecificRecord> topic, SpecificRecord value) {
    byte[] bytes = topic.serde().serializer().serialize(topic.name(), value);
    return topic.serde().deserializer().deserialize(topic.name(), bytes);
  }
}
