package dev.millrace.augmenter;

import static dev.millrace.augmenter.AugmenterDriver.GOOD;
import static dev.millrace.augmenter.AugmenterDriver.NOW;
import static dev.millrace.augmenter.AugmenterDriver.OPTIONS;
import static dev.millrace.augmenter.AugmenterDriver.decoders;
import static dev.millrace.augmenter.AugmenterDriver.sequence;
import static dev.millrace.augmenter.AugmenterDriver.topology;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.Window;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of whole images and of their order. */
class AugmenterTest {
  private final AugmenterDriver augmenter = new AugmenterDriver();

  @AfterEach
  void stop() {
    augmenter.close();
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
    augmenter.images(Split.TRAIN).pipeInput("a", TestImages.image("a", Split.TRAIN, 3, 17, GOOD));

    KeyValue<String, SpecificRecord> out = augmenter.tensors(Split.TRAIN).readKeyValue();
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
    TestInputTopic<String, SpecificRecord> in = augmenter.images(Split.TRAIN);

    in.pipeInput("a", TestImages.image(Split.TRAIN, 0, 0, GOOD));
    in.pipeInput("b", TestImages.image(Split.TRAIN, 0, 1, GOOD));
    in.pipeInput("end", end);
    in.pipeInput("a", TestImages.image(Split.TRAIN, 1, 0, GOOD));

    List<SpecificRecord> out = augmenter.tensors(Split.TRAIN).readValuesToList();
    assertThat(out).hasSize(4);
    assertThat(sequence(out.get(0))).isEqualTo(0);
    assertThat(sequence(out.get(1))).isEqualTo(1);
    assertThat(out.get(2)).isEqualTo(end);
    assertThat(((ImageTensor) out.get(3)).getEpoch()).isEqualTo(1);
  }

  @Test
  void shouldMakeTheSameTensorsTwice() {
    List<SpecificRecord> first = augmenter.run(3, List.of(0, 1, 2, 3, 4, 5));
    augmenter.restart(OPTIONS);

    List<SpecificRecord> second = augmenter.run(3, List.of(0, 1, 2, 3, 4, 5));

    assertThat(second).isEqualTo(first);
  }

  @Test
  void shouldMakeTheSameTensorsInAnotherOrder() {
    List<SpecificRecord> first = augmenter.run(3, List.of(0, 1, 2));
    augmenter.restart(OPTIONS);

    List<SpecificRecord> second = augmenter.run(3, List.of(2, 0, 1));

    assertThat(second).containsExactly(first.get(2), first.get(0), first.get(1));
  }

  @Test
  void shouldMakeOtherTensorsInAnotherEpoch() {
    List<SpecificRecord> images = augmenter.run(0, List.of(0, 1, 2, 3, 4, 5));
    List<SpecificRecord> later = augmenter.run(1, List.of(0, 1, 2, 3, 4, 5));

    for (int i = 0; i < images.size(); i++) {
      assertThat(((ImageTensor) later.get(i)).getBytes())
          .isNotEqualTo(((ImageTensor) images.get(i)).getBytes());
    }
  }

  @Test
  void shouldTakeTheWholeSquareForValidation() throws CorruptImageException {
    augmenter
        .images(Split.VALIDATION)
        .pipeInput("a", TestImages.image(Split.VALIDATION, 0, 0, GOOD));

    ImageTensor tensor = (ImageTensor) augmenter.tensors(Split.VALIDATION).readValue();
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
    TestInputTopic<String, SpecificRecord> in = augmenter.images(Split.TRAIN);
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

    assertThat(augmenter.deadLetters().readValuesToList()).isEmpty();
    assertThat(augmenter.tensors(Split.TRAIN).readValuesToList())
        .hasSize(kinds.size())
        .allSatisfy(tensor ->
            assertThat(((ImageTensor) tensor).getBytes().remaining()).isEqualTo(32 * 32 * 3));
  }

  @Test
  void shouldKeepTheColorsOfGreyAndCmyk() {
    augmenter.restart(AugmenterOptions.builder().resize(40).crop(40).flip(0).lighting(0).build());
    augmenter
        .images(Split.TRAIN)
        .pipeInput("x", TestImages.image(Split.TRAIN, 0, 0, TestImages.grey(50, 40)));

    ByteBuffer grey = ((ImageTensor) augmenter.tensors(Split.TRAIN).readValue()).getBytes();
    for (int i = 0; i < grey.remaining(); i += 3) {
      assertThat(grey.get(i)).isEqualTo(grey.get(i + 1)).isEqualTo(grey.get(i + 2));
    }
  }

  @Test
  void shouldOpenOneDecoderATaskAndCloseIt() {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    Supplier<ImageDecoder> counting =
        () -> {
          open.incrementAndGet();
          opened.incrementAndGet();
          return new CountedDecoder(decoders(OPTIONS).get(), open);
        };

    augmenter.restart(counting);
    augmenter.run(0, List.of(0, 1));

    assertThat(open.get()).isEqualTo(2); // one for each split
    augmenter.restart(OPTIONS);
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
}
