package dev.millrace.augmenter;

import static dev.millrace.augmenter.AugmenterDriver.GOOD;
import static dev.millrace.augmenter.AugmenterDriver.NOW;
import static dev.millrace.augmenter.AugmenterDriver.TOPICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.Window;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of images that are none, or too many of them. */
class AugmenterDeadLettersTest {
  private final AugmenterDriver augmenter = new AugmenterDriver();

  @AfterEach
  void stop() {
    augmenter.close();
  }

  @Test
  void shouldSendBrokenImagesToDeadLettersAndGoOn() {
    byte[] broken = TestImages.truncated(GOOD);
    TestInputTopic<String, SpecificRecord> in = augmenter.images(Split.TRAIN);

    in.pipeInput("a", TestImages.image(Split.TRAIN, 2, 0, GOOD));
    in.pipeInput("b", TestImages.image(Split.TRAIN, 2, 1, broken));
    in.pipeInput("c", TestImages.image(Split.TRAIN, 2, 2, GOOD));

    assertThat(augmenter.tensors(Split.TRAIN).readValuesToList())
        .extracting(AugmenterDriver::sequence)
        .containsExactly(0L, 2L);
    KeyValue<String, DeadLetter> out = augmenter.deadLetters().readKeyValue();
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
    TestInputTopic<String, SpecificRecord> in = augmenter.images(Split.VALIDATION);

    in.pipeInput("a", TestImages.image(Split.VALIDATION, 0, 0, TestImages.TEXT));
    in.pipeInput("b", TestImages.image(Split.VALIDATION, 0, 1, new byte[0]));

    assertThat(augmenter.deadLetters().readValuesToList())
        .extracting(DeadLetter::getStage)
        .containsExactly("decode", "decode");
    assertThat(augmenter.tensors(Split.VALIDATION).isEmpty()).isTrue();
  }

  @Test
  void shouldSendUnreadableRecordsToDeadLetters() {
    TestInputTopic<byte[], byte[]> raw = augmenter.rawImages(Split.TRAIN);
    byte[] cut = bytes(TestImages.image(Split.TRAIN, 0, 1, GOOD));

    raw.pipeInput(null, TestImages.TEXT);
    raw.pipeInput(null, Arrays.copyOf(cut, cut.length / 2));
    raw.pipeInput(new TestRecord<>(new byte[] {120}, null));
    raw.pipeInput(null, bytes(TestImages.image(Split.TRAIN, 0, 3, GOOD)));

    List<DeadLetter> letters = augmenter.deadLetters().readValuesToList();
    assertThat(letters).extracting(DeadLetter::getStage).containsOnly("read").hasSize(3);
    assertThat(letters).extracting(DeadLetter::getOffset).containsExactly(0L, 1L, 2L);
    assertThat(letters.get(0).getBytes()).isEqualTo(ByteBuffer.wrap(TestImages.TEXT));
    assertThat(letters.get(0).getLabel()).isEqualTo(-1);
    assertThat(letters.get(0).getSplit()).isNull();
    assertThat(letters.get(0).getReason()).contains("C3 01", "62 61");
    assertThat(augmenter.tensors(Split.TRAIN).readValuesToList()).hasSize(1);
  }

  @Test
  void shouldSendImagesThatBreakTheSchemasRulesToDeadLetters() {
    Image negative = TestImages.image(Split.TRAIN, 0, 0, GOOD);
    negative.setLabel(-2);
    Image nowhere = TestImages.image(Split.TRAIN, 0, 2, GOOD);
    nowhere.setSequence(-1);
    TestInputTopic<String, SpecificRecord> in = augmenter.images(Split.TRAIN);

    in.pipeInput("a", negative);
    in.pipeInput("b", TestImages.image(Split.VALIDATION, 0, 1, GOOD));
    in.pipeInput("c", nowhere);

    assertThat(augmenter.deadLetters().readValuesToList())
        .extracting(DeadLetter::getReason)
        .containsExactly(
            "label must be 0 or more, found -2",
            "split must be TRAIN on this topic, found VALIDATION",
            "epoch and sequence must be 0 or more, found 0 and -1");
  }

  @Test
  void shouldSendImagesAboveTheLimitsToDeadLetters() {
    augmenter.restart(
        AugmenterOptions.builder()
            .resize(40)
            .crop(32)
            .imageLimits(new ImageLimits(GOOD.length + 200, 60 * 50))
            .build());
    TestInputTopic<String, SpecificRecord> in = augmenter.images(Split.TRAIN);

    in.pipeInput("a", TestImages.image(Split.TRAIN, 0, 0, GOOD));
    in.pipeInput("b", TestImages.image(Split.TRAIN, 0, 1, TestImages.jpeg(400, 400, 1)));
    in.pipeInput("c", TestImages.image(Split.TRAIN, 0, 2, TestImages.jpeg(61, 50, 1)));

    assertThat(augmenter.tensors(Split.TRAIN).readValuesToList()).hasSize(1);
    assertThat(augmenter.deadLetters().readValuesToList())
        .extracting(DeadLetter::getSequence)
        .containsExactly(1L, 2L);
  }

  @Test
  void shouldLeaveOutBytesThatDoNotFitIntoADeadLetter() {
    augmenter.restart(
        AugmenterOptions.builder().resize(40).crop(32).maxRecordBytes(2 << 20).build());
    byte[] large = new byte[2 << 20];

    augmenter.images(Split.TRAIN).pipeInput("a", TestImages.image(Split.TRAIN, 0, 0, large));

    DeadLetter letter = augmenter.deadLetters().readValue();
    assertThat(letter.getSize()).isEqualTo(2 << 20);
    assertThat(letter.getBytes().remaining()).isZero();
  }

  @Test
  void shouldTakeAnExceptionOfTheDecoderForABadImage() {
    augmenter.restart(() ->
        new ImageDecoder() {
          @Override
          public Pixels decode(ByteBuffer encoded) {
            throw new IndexOutOfBoundsException("7 of 6");
          }

          @Override
          public void decode(
              ByteBuffer encoded, Window.Choice window, boolean mirrored, Canvas canvas) {
            throw new IndexOutOfBoundsException("7 of 6");
          }

          @Override
          public String name() {
            return "broken";
          }

          @Override
          public void close() {}
        });

    augmenter.images(Split.TRAIN).pipeInput("a", TestImages.image(Split.TRAIN, 0, 0, GOOD));

    assertThat(augmenter.deadLetters().readValue().getReason())
        .isEqualTo("java.lang.IndexOutOfBoundsException: 7 of 6");
  }

  @Test
  void shouldStopWhenTooManyImagesAreDeadLetters() {
    TestInputTopic<String, SpecificRecord> in = augmenter.images(Split.TRAIN);

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
  void shouldRefuseAHugeImageBeforeItTakesMemory() {
    byte[] huge = TestImages.claiming(20_000, 20_000);
    Runtime runtime = Runtime.getRuntime();

    for (int i = 0; i < 50; i++) {
      augmenter.images(Split.TRAIN).pipeInput("x", TestImages.image(Split.TRAIN, 0, i, huge));
      augmenter.images(Split.TRAIN).pipeInput("x", TestImages.image(Split.TRAIN, 0, i, GOOD));
    }

    assertThat(augmenter.deadLetters().readValuesToList())
        .hasSize(50)
        .extracting(DeadLetter::getReason)
        .containsOnly("an image may have 64000000 pixels at most, found 20000 x 20000");
    assertThat(augmenter.tensors(Split.TRAIN).readValuesToList()).hasSize(50);
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
    TestInputTopic<String, SpecificRecord> in = augmenter.images(Split.TRAIN);

    for (int i = 0; i < kinds.size(); i++) {
      in.pipeInput("x", TestImages.image(Split.TRAIN, 0, i, kinds.get(i)));
    }

    List<DeadLetter> letters = augmenter.deadLetters().readValuesToList();
    assertThat(augmenter.tensors(Split.TRAIN).isEmpty()).isTrue();
    assertThat(letters).hasSize(kinds.size());
    for (int i = 0; i < kinds.size(); i++) {
      assertThat(letters.get(i).getStage()).as("kind %d", i).isEqualTo("decode");
      assertThat(letters.get(i).getReason()).as("kind %d", i).isNotBlank();
      assertThat(letters.get(i).getBytes()).isEqualTo(ByteBuffer.wrap(kinds.get(i)));
    }
  }

  private static byte[] bytes(SpecificRecord value) {
    return TOPICS.images(Split.TRAIN).serde().serializer().serialize("any", value);
  }
}
