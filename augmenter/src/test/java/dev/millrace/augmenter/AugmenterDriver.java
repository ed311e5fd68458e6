package dev.millrace.augmenter;

import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;

/** The augmenter's topology without brokers: images in, tensors and dead letters out. */
final class AugmenterDriver implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");
  static final Topics TOPICS = new Topics("test");
  static final AugmenterOptions OPTIONS = AugmenterOptions.builder().resize(40).crop(32).build();
  static final byte[] GOOD = TestImages.jpeg(60, 50, 1);

  private TopologyTestDriver driver = driver(OPTIONS, decoders(OPTIONS));

  static Topology topology(AugmenterOptions options, Supplier<ImageDecoder> decoders) {
    return Augmenter.topology(TOPICS, options, decoders, InstantSource.fixed(NOW));
  }

  static Supplier<ImageDecoder> decoders(AugmenterOptions options) {
    return () -> ImageDecoders.open(options.imageLimits());
  }

  private static TopologyTestDriver driver(
      AugmenterOptions options, Supplier<ImageDecoder> decoders) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    return new TopologyTestDriver(topology(options, decoders), properties);
  }

  /** Begins anew with other options. */
  void restart(AugmenterOptions options) {
    driver.close();
    driver = driver(options, decoders(options));
  }

  /** Begins anew with decoders that the test makes. */
  void restart(Supplier<ImageDecoder> decoders) {
    driver.close();
    driver = driver(OPTIONS, decoders);
  }

  TestInputTopic<String, SpecificRecord> images(Split split) {
    return driver.createInputTopic(
        TOPICS.images(split).name(),
        new StringSerializer(),
        TOPICS.images(split).serde().serializer());
  }

  /** The same topic for what is no record of it. */
  TestInputTopic<byte[], byte[]> rawImages(Split split) {
    return driver.createInputTopic(
        TOPICS.images(split).name(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  TestOutputTopic<String, SpecificRecord> tensors(Split split) {
    return driver.createOutputTopic(
        TOPICS.tensors(split).name(),
        new StringDeserializer(),
        TOPICS.tensors(split).serde().deserializer());
  }

  TestOutputTopic<String, DeadLetter> deadLetters() {
    return driver.createOutputTopic(
        TOPICS.deadLetters().name(),
        new StringDeserializer(),
        TOPICS.deadLetters().serde().deserializer());
  }

  /** Puts images of an epoch in; what comes out of them. */
  List<SpecificRecord> run(int epoch, List<Integer> sequences) {
    TestInputTopic<String, SpecificRecord> in = images(Split.TRAIN);
    for (int sequence : sequences) {
      byte[] bytes = TestImages.jpeg(60 + sequence, 50, sequence);
      in.pipeInput("x", TestImages.image(Split.TRAIN, epoch, sequence, bytes));
    }
    return tensors(Split.TRAIN).readValuesToList();
  }

  static long sequence(SpecificRecord tensor) {
    return ((ImageTensor) tensor).getSequence();
  }

  @Override
  public void close() {
    driver.close();
  }
}
