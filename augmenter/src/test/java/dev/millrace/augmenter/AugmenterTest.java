package dev.millrace.augmenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.Window;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyDescription;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AugmenterTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Topics TOPICS = new Topics("test");
  private static final AugmenterOptions OPTIONS =
      AugmenterOptions.builder().resize(40).crop(32).build();
  private static final byte[] GOOD = TestImages.jpeg(60, 50, 1);

  private TopologyTestDriver driver = start(OPTIONS);

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void shouldNameEveryNodeAndKeepTheSplitsApart() {
    TopologyDescription description = topology(OPTIONS, decoders(OPTIONS)).describe();

    List<String> nodes = new ArrayList<>();
    description
        .subtopologies()
        .forEach(part -> part.nodes().forEach(node -> nodes.add(node.name())));
    assertThat(description.subtopologies()).hasSize(2);
    assertThat(nodes)
        .containsExactlyInAnyOrder(
            "images.train",
            "augment.train",
            "tensors.train",
            "dead-letters.train",
            "images.validation",
            "augment.validation",
            "tensors.validation",
            "dead-letters.validation");
  }

  @Test
  void shouldTurnAnImageIntoATensor() {
    images(Split.TRAIN).pipeInput("a", TestImages.image("a", Split.TRAIN, 3, 17, GOOD));

    KeyValue<String, SpecificRecord> out = tensors(Split.TRAIN).readKeyValue();
    ImageTensor tensor = (ImageTensor) out.value;
    assertThat(out.key).isEqualTo("a");
    assertThat(tensor.getId()).isEqualTo("a");
    assertThat(tensor.getLabel()).isEqualTo(7);
    assertThat(tensor.getEpoch()).isEqualTo(3);
    assertThat(tensor.getSequence()).isEqualTo(17);
    assertThat(tensor.getHeight()).isEqualTo(32);
    assertThat(tensor.getWidth()).isEqualTo(32);
    assertThat(tensor.getChannels()).isEqualTo(3);
    assertThat(tensor.getBytes().remaining()).isEqualTo(32 * 32 * 3);
    assertThat(tensor.getPublishedAt()).isEqualTo(TestImages.PUBLISHED);
    assertThat(tensor.getAugmentedAt()).isEqualTo(NOW);
  }

  @Test
  void shouldPassEpochEndsOnUnchangedAndInOrder() {
    EpochEnd end = TestImages.epochEnd(Split.TRAIN, 0, 2);
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);

    in.pipeInput("a", TestImages.image(Split.TRAIN, 0, 0, GOOD));
    in.pipeInput("b", TestImages.image(Split.TRAIN, 0, 1, GOOD));
    in.pipeInput("end", end);
    in.pipeInput("a", TestImages.image(Split.TRAIN, 1, 0, GOOD));

    List<SpecificRecord> out = tensors(Split.TRAIN).readValuesToList();
    assertThat(out).hasSize(4);
    assertThat(sequence(out.get(0))).isEqualTo(0);
    assertThat(sequence(out.get(1))).isEqualTo(1);
    assertThat(out.get(2)).isEqualTo(end);
    assertThat(((ImageTensor) out.get(3)).getEpoch()).isEqualTo(1);
  }

  @Test
  void shouldSendBrokenImagesToDeadLettersAndGoOn() {
    byte[] broken = TestImages.truncated(GOOD);
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);

    in.pipeInput("a", TestImages.image(Split.TRAIN, 2, 0, GOOD));
    in.pipeInput("b", TestImages.image(Split.TRAIN, 2, 1, broken));
    in.pipeInput("c", TestImages.image(Split.TRAIN, 2, 2, GOOD));

    assertThat(tensors(Split.TRAIN).readValuesToList())
        .extracting(AugmenterTest::sequence)
        .containsExactly(0L, 2L);
    KeyValue<String, DeadLetter> out = deadLetters().readKeyValue();
    DeadLetter letter = out.value;
    assertThat(out.key).isEqualTo("image-1");
    assertThat(letter.getId()).isEqualTo("image-1");
    assertThat(letter.getSplit()).isEqualTo(Split.TRAIN);
    assertThat(letter.getEpoch()).isEqualTo(2);
    assertThat(letter.getSequence()).isEqualTo(1);
    assertThat(letter.getSource()).isEqualTo("/images/image-1");
    assertThat(letter.getStage()).isEqualTo("decode");
    assertThat(letter.getReason()).isNotBlank();
    assertThat(letter.getTopic()).isEqualTo("test.images.train");
    assertThat(letter.getPartition()).isZero();
    assertThat(letter.getOffset()).isEqualTo(1);
    assertThat(letter.getFailedAt()).isEqualTo(NOW);
    assertThat(letter.getSize()).isEqualTo(100);
    assertThat(letter.getBytes()).isEqualTo(ByteBuffer.wrap(broken));
  }

  @Test
  void shouldSendTextAndEmptyImagesToDeadLetters() {
    TestInputTopic<String, SpecificRecord> in = images(Split.VALIDATION);

    in.pipeInput("a", TestImages.image(Split.VALIDATION, 0, 0, TestImages.TEXT));
    in.pipeInput("b", TestImages.image(Split.VALIDATION, 0, 1, new byte[0]));

    assertThat(deadLetters().readValuesToList())
        .extracting(DeadLetter::getStage)
        .containsExactly("decode", "decode");
    assertThat(tensors(Split.VALIDATION).isEmpty()).isTrue();
  }

  @Test
  void shouldSendUnreadableRecordsToDeadLetters() {
    TestInputTopic<byte[], byte[]> raw =
        driver.createInputTopic(
            TOPICS.images(Split.TRAIN).name(),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    byte[] cut = bytes(TestImages.image(Split.TRAIN, 0, 1, GOOD));

    raw.pipeInput(null, TestImages.TEXT);
    raw.pipeInput(null, Arrays.copyOf(cut, cut.length / 2));
    raw.pipeInput(new TestRecord<>(new byte[] {120}, null));
    raw.pipeInput(null, bytes(TestImages.image(Split.TRAIN, 0, 3, GOOD)));

    List<DeadLetter> letters = deadLetters().readValuesToList();
    assertThat(letters).extracting(DeadLetter::getStage).containsOnly("read").hasSize(3);
    assertThat(letters).extracting(DeadLetter::getOffset).containsExactly(0L, 1L, 2L);
    assertThat(letters.get(0).getBytes()).isEqualTo(ByteBuffer.wrap(TestImages.TEXT));
    assertThat(letters.get(0).getLabel()).isEqualTo(-1);
    assertThat(letters.get(0).getSplit()).isNull();
    assertThat(letters.get(0).getReason()).contains("C3 01", "62 61");
    assertThat(tensors(Split.TRAIN).readValuesToList()).hasSize(1);
  }

  @Test
  void shouldSendImagesThatBreakTheSchemasRulesToDeadLetters() {
    Image negative = TestImages.image(Split.TRAIN, 0, 0, GOOD);
    negative.setLabel(-2);
    Image nowhere = TestImages.image(Split.TRAIN, 0, 2, GOOD);
    nowhere.setSequence(-1);
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);

    in.pipeInput("a", negative);
    in.pipeInput("b", TestImages.image(Split.VALIDATION, 0, 1, GOOD));
    in.pipeInput("c", nowhere);

    assertThat(deadLetters().readValuesToList())
        .extracting(DeadLetter::getReason)
        .containsExactly(
            "label must be 0 or more, found -2",
            "split must be TRAIN on this topic, found VALIDATION",
            "epoch and sequence must be 0 or more, found 0 and -1");
  }

  @Test
  void shouldSendImagesAboveTheLimitsToDeadLetters() {
    restart(
        AugmenterOptions.builder()
            .resize(40)
            .crop(32)
            .imageLimits(new ImageLimits(GOOD.length + 200, 60 * 50))
            .build());
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);

    in.pipeInput("a", TestImages.image(Split.TRAIN, 0, 0, GOOD));
    in.pipeInput("b", TestImages.image(Split.TRAIN, 0, 1, TestImages.jpeg(400, 400, 1)));
    in.pipeInput("c", TestImages.image(Split.TRAIN, 0, 2, TestImages.jpeg(61, 50, 1)));

    assertThat(tensors(Split.TRAIN).readValuesToList()).hasSize(1);
    assertThat(deadLetters().readValuesToList())
        .extracting(DeadLetter::getSequence)
        .containsExactly(1L, 2L);
  }

  @Test
  void shouldLeaveOutBytesThatDoNotFitIntoADeadLetter() {
    restart(AugmenterOptions.builder().resize(40).crop(32).maxRecordBytes(2 << 20).build());
    byte[] large = new byte[2 << 20];

    images(Split.TRAIN).pipeInput("a", TestImages.image(Split.TRAIN, 0, 0, large));

    DeadLetter letter = deadLetters().readValue();
    assertThat(letter.getSize()).isEqualTo(2 << 20);
    assertThat(letter.getBytes().remaining()).isZero();
  }

  @Test
  void shouldTakeAnExceptionOfTheDecoderForABadImage() {
    driver.close();
    driver =
        new TopologyTestDriver(
            topology(
                OPTIONS,
                () ->
                    new ImageDecoder() {
                      @Override
                      public Pixels decode(ByteBuffer encoded) {
                        throw new IndexOutOfBoundsException("7 of 6");
                      }

                      @Override
                      public void decode(
                          ByteBuffer encoded,
                          Window.Choice window,
                          boolean mirrored,
                          Canvas canvas) {
                        throw new IndexOutOfBoundsException("7 of 6");
                      }

                      @Override
                      public String name() {
                        return "broken";
                      }

                      @Override
                      public void close() {}
                    }),
            properties());

    images(Split.TRAIN).pipeInput("a", TestImages.image(Split.TRAIN, 0, 0, GOOD));

    assertThat(deadLetters().readValue().getReason())
        .isEqualTo("java.lang.IndexOutOfBoundsException: 7 of 6");
  }

  @Test
  void shouldStopWhenTooManyImagesAreDeadLetters() {
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 200; i++) {
                byte[] bytes = i < 40 ? GOOD : TestImages.TEXT;
                in.pipeInput("x", TestImages.image(Split.TRAIN, 0, i, bytes));
              }
            })
        .rootCause()
        .isInstanceOf(AugmenterFailedException.class)
        .hasMessageContaining("max-dead-letter-share")
        .hasMessageContaining("found 60 of the latest 100");
  }

  @Test
  void shouldMakeTheSameTensorsTwice() {
    List<SpecificRecord> first = run(3, List.of(0, 1, 2, 3, 4, 5));
    restart(OPTIONS);

    List<SpecificRecord> second = run(3, List.of(0, 1, 2, 3, 4, 5));

    assertThat(second).isEqualTo(first);
  }

  @Test
  void shouldMakeTheSameTensorsInAnotherOrder() {
    List<SpecificRecord> first = run(3, List.of(0, 1, 2));
    restart(OPTIONS);

    List<SpecificRecord> second = run(3, List.of(2, 0, 1));

    assertThat(second).containsExactly(first.get(2), first.get(0), first.get(1));
  }

  @Test
  void shouldMakeOtherTensorsInAnotherEpoch() {
    List<SpecificRecord> images = run(0, List.of(0, 1, 2, 3, 4, 5));
    List<SpecificRecord> later = run(1, List.of(0, 1, 2, 3, 4, 5));

    for (int i = 0; i < images.size(); i++) {
      assertThat(((ImageTensor) later.get(i)).getBytes())
          .isNotEqualTo(((ImageTensor) images.get(i)).getBytes());
    }
  }

  @Test
  void shouldTakeTheWholeSquareForValidation() throws CorruptImageException {
    images(Split.VALIDATION).pipeInput("a", TestImages.image(Split.VALIDATION, 0, 0, GOOD));

    ImageTensor tensor = (ImageTensor) tensors(Split.VALIDATION).readValue();
    try (ImageDecoder decoder = decoders(OPTIONS).get()) {
      Canvas expected = new Canvas();
      decoder.decode(
          ByteBuffer.wrap(GOOD),
          Window.shorterSide(40, 40, new Crop(0, 0, 40, 40)),
          false,
          expected);
      assertThat(tensor.getBytes()).isEqualTo(ByteBuffer.wrap(expected.toPixels().rgb()));
    }
  }

  @Test
  void shouldTakeEveryKindOfImage() {
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);
    List<byte[]> kinds =
        List.of(
            GOOD,
            TestImages.grey(50, 40),
            TestImages.cmyk(50, 40),
            TestImages.png(40, 50, 3),
            TestImages.jpeg(1, 1, 0),
            TestImages.png(1, 1, 0),
            TestImages.jpeg(500, 3, 0));

    for (int i = 0; i < kinds.size(); i++) {
      in.pipeInput("x", TestImages.image(Split.TRAIN, 0, i, kinds.get(i)));
    }

    assertThat(deadLetters().readValuesToList()).isEmpty();
    assertThat(tensors(Split.TRAIN).readValuesToList())
        .hasSize(kinds.size())
        .allSatisfy(tensor ->
            assertThat(((ImageTensor) tensor).getBytes().remaining()).isEqualTo(32 * 32 * 3));
  }

  @Test
  void shouldRefuseAHugeImageBeforeItTakesMemory() {
    byte[] huge = TestImages.claiming(20_000, 20_000);
    Runtime runtime = Runtime.getRuntime();

    for (int i = 0; i < 50; i++) {
      images(Split.TRAIN).pipeInput("x", TestImages.image(Split.TRAIN, 0, i, huge));
      images(Split.TRAIN).pipeInput("x", TestImages.image(Split.TRAIN, 0, i, GOOD));
    }

    assertThat(deadLetters().readValuesToList())
        .hasSize(50)
        .extracting(DeadLetter::getReason)
        .containsOnly("an image may have 64000000 pixels at most, found 20000 x 20000");
    assertThat(tensors(Split.TRAIN).readValuesToList()).hasSize(50);
    // One decoded image of that size would be 1.2 GB.
    assertThat(runtime.totalMemory() - runtime.freeMemory()).isLessThan(900L << 20);
  }

  @Test
  void shouldSendEveryKindOfBrokenImageToDeadLetters() {
    byte[] png = TestImages.png(60, 50, 1);
    List<byte[]> kinds =
        List.of(
            TestImages.TEXT,
            new byte[0],
            new byte[] {(byte) 0xFF, (byte) 0xD8},
            Arrays.copyOf(GOOD, GOOD.length / 2),
            Arrays.copyOf(GOOD, GOOD.length - 1),
            Arrays.copyOf(png, png.length / 2),
            Arrays.copyOf(TestImages.cmyk(50, 40), 400),
            TestImages.claiming(0, 10));
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);

    for (int i = 0; i < kinds.size(); i++) {
      in.pipeInput("x", TestImages.image(Split.TRAIN, 0, i, kinds.get(i)));
    }

    List<DeadLetter> letters = deadLetters().readValuesToList();
    assertThat(tensors(Split.TRAIN).isEmpty()).isTrue();
    assertThat(letters).hasSize(kinds.size());
    for (int i = 0; i < kinds.size(); i++) {
      assertThat(letters.get(i).getStage()).as("kind %d", i).isEqualTo("decode");
      assertThat(letters.get(i).getReason()).as("kind %d", i).isNotBlank();
      assertThat(letters.get(i).getBytes()).isEqualTo(ByteBuffer.wrap(kinds.get(i)));
    }
  }

  @Test
  void shouldKeepTheColorsOfGreyAndCmyk() {
    restart(AugmenterOptions.builder().resize(40).crop(40).flip(0).lighting(0).build());
    images(Split.TRAIN)
        .pipeInput("x", TestImages.image(Split.TRAIN, 0, 0, TestImages.grey(50, 40)));

    ByteBuffer grey = ((ImageTensor) tensors(Split.TRAIN).readValue()).getBytes();
    for (int i = 0; i < grey.remaining(); i += 3) {
      assertThat(grey.get(i)).isEqualTo(grey.get(i + 1)).isEqualTo(grey.get(i + 2));
    }
  }

  @Test
  void shouldOpenOneDecoderATaskAndCloseIt() {
    driver.close();
    AtomicInteger open = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    Supplier<ImageDecoder> counting =
        () -> {
          open.incrementAndGet();
          opened.incrementAndGet();
          return new CountedDecoder(decoders(OPTIONS).get(), open);
        };

    driver = new TopologyTestDriver(topology(OPTIONS, counting), properties());
    run(0, List.of(0, 1));

    assertThat(open.get()).isEqualTo(2); // one for each split
    restart(OPTIONS);
    assertThat(open.get()).isZero();
    assertThat(opened.get()).isEqualTo(2);
  }

  private record CountedDecoder(ImageDecoder decoder, AtomicInteger open) implements ImageDecoder {
    @Override
    public Pixels decode(ByteBuffer encoded) throws CorruptImageException {
      return decoder.decode(encoded);
    }

    @Override
    public void decode(ByteBuffer encoded, Window.Choice window, boolean mirrored, Canvas canvas)
        throws CorruptImageException {
      decoder.decode(encoded, window, mirrored, canvas);
    }

    @Override
    public String name() {
      return decoder.name();
    }

    @Override
    public void close() {
      decoder.close();
      open.decrementAndGet();
    }
  }

  private List<SpecificRecord> run(int epoch, List<Integer> sequences) {
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);
    for (int sequence : sequences) {
      byte[] bytes = TestImages.jpeg(60 + sequence, 50, sequence);
      in.pipeInput("x", TestImages.image(Split.TRAIN, epoch, sequence, bytes));
    }
    return tensors(Split.TRAIN).readValuesToList();
  }

  private void restart(AugmenterOptions options) {
    driver.close();
    driver = start(options);
  }

  private static TopologyTestDriver start(AugmenterOptions options) {
    return new TopologyTestDriver(topology(options, decoders(options)), properties());
  }

  private static Topology topology(AugmenterOptions options, Supplier<ImageDecoder> decoders) {
    return Augmenter.topology(TOPICS, options, decoders, InstantSource.fixed(NOW));
  }

  private static Supplier<ImageDecoder> decoders(AugmenterOptions options) {
    return () -> ImageDecoders.open(options.imageLimits());
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    return properties;
  }

  private TestInputTopic<String, SpecificRecord> images(Split split) {
    return driver.createInputTopic(
        TOPICS.images(split).name(),
        new StringSerializer(),
        TOPICS.images(split).serde().serializer());
  }

  private TestOutputTopic<String, SpecificRecord> tensors(Split split) {
    return driver.createOutputTopic(
        TOPICS.tensors(split).name(),
        new StringDeserializer(),
        TOPICS.tensors(split).serde().deserializer());
  }

  private TestOutputTopic<String, DeadLetter> deadLetters() {
    return driver.createOutputTopic(
        TOPICS.deadLetters().name(),
        new StringDeserializer(),
        TOPICS.deadLetters().serde().deserializer());
  }

  private static byte[] bytes(SpecificRecord value) {
    return TOPICS.images(Split.TRAIN).serde().serializer().serialize("any", value);
  }

  private static long sequence(SpecificRecord tensor) {
    return ((ImageTensor) tensor).getSequence();
  }
}
