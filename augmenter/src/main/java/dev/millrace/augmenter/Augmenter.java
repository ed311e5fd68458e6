package dev.millrace.augmenter;

import dev.millrace.imaging.ImageDecoder;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/**
 * The augmenter's main path, as a value: for each split
 *
 * <pre>
 *   images.SPLIT -> augment.SPLIT (read, decode, augment) -> tensors.SPLIT
 *                                                         -> dead-letters.SPLIT
 * </pre>
 *
 * Each partition of images feeds the same partition of tensors, in order, so that whoever runs the
 * task, there is one writer and one order. What cannot be processed becomes a dead letter in the
 * same transaction. The splits share no node: each of their partitions is a task of its own.
 */
public final class Augmenter {
  private Augmenter() {}

  /**
   * Describes the work, by ImageNet's statistics; nothing is opened or started.
   *
   * @param topics the topics' names and serdes
   * @param options what to do to an image
   * @param decoders opens a decoder for each task; the task closes it
   * @param clock tells the time that tensors and dead letters are stamped with
   */
  public static Topology topology(
      Topics topics,
      AugmenterOptions options,
      Supplier<ImageDecoder> decoders,
      InstantSource clock) {
    return topology(
        topics,
        options,
        Recipe.of(options),
        decoders,
        clock,
        new Tally(),
        new DeadLetterLimit(options.maxDeadLetterShare()));
  }

  static Topology topology(
      Topics topics,
      AugmenterOptions options,
      Recipe recipe,
      Supplier<ImageDecoder> decoders,
      InstantSource clock,
      Tally tally,
      DeadLetterLimit limit) {
    Topology topology = new Topology();
    DeadLetters deadLetters = new DeadLetters(clock, options.maxRecordBytes());
    for (Split split : Split.values()) {
      String source = node("images", split);
      String augment = node("augment", split);
      String tensors = node("tensors", split);
      String rejected = node("dead-letters", split);
      topology.addSource(
          AutoOffsetReset.earliest(),
          source,
          // A record without a time stops Streams; its place in the partition is all that matters.
          (record, _) -> Math.max(0, record.timestamp()),
          new ByteArrayDeserializer(),
          new ByteArrayDeserializer(),
          topics.images(split).name());
      topology.addProcessor(
          augment,
          () ->
              new AugmentProcessor(
                  () ->
                      new ImageWork(
                          topics.images(split).serde().deserializer(),
                          split,
                          decoders.get(),
                          recipe,
                          clock,
                          deadLetters,
                          tally),
                  tensors,
                  rejected,
                  tally,
                  limit),
          source);
      topology.addSink(
          tensors,
          topics.tensors(split).name(),
          new ByteArraySerializer(),
          Placed.serializer(topics.tensors(split).serde().serializer()),
          Placed.partitioner(),
          augment);
      topology.addSink(
          rejected,
          topics.deadLetters().name(),
          new ByteArraySerializer(),
          topics.deadLetters().serde().serializer(),
          augment);
    }
    return topology;
  }

  private static String node(String job, Split split) {
    return job + "." + split.name().toLowerCase(Locale.ROOT);
  }
}
