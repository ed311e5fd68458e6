package dev.millrace.dashboard.page;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Topics of a prefix of its own, with the records that trainers and augmenters would publish. */
final class PublishedRuns implements AutoCloseable {
  private static final int STEPS_AN_EPOCH = 50;

  final Topics topics;
  final Map<String, Object> kafka;
  private final KafkaProducer<String, byte[]> producer;
  private final Instant start = Instant.now().minusSeconds(3600);
  private volatile @Nullable Exception failure;

  PublishedRuns(String servers, String prefix) throws InterruptedException {
    this.topics = new Topics(prefix);
    this.kafka = Map.of("bootstrap.servers", servers);
    try (Admin admin = Admin.create(kafka)) {
      topics.createMissing(admin, new TopicSettings(1, (short) 1, 1 << 20));
    }
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", servers, "linger.ms", 5, "batch.size", 1 << 18),
            new StringSerializer(),
            new ByteArraySerializer());
  }

  /** Steps of a run, of which each has its own number times a thousandth as its loss. */
  void train(String run, long from, long to) {
    for (long step = from; step <= to; step++) {
      metric(
          run,
          step,
          Split.TRAIN,
          Map.of(
              "loss", step / 1000.0,
              "top1_error", 0.5,
              "top5_error", 0.25,
              "learning_rate", step <= 20 ? 0.01 : 0.001,
              "gradient_norm", 2.5,
              "images_per_second", 1234.0,
              "data_wait_share", 0.015));
    }
    flush();
  }

  /** The validation after a step. */
  void validate(String run, long step, double top1Error) {
    metric(
        run,
        step,
        Split.VALIDATION,
        Map.of(
            "loss",
            1.5,
            "top1_error",
            top1Error,
            "top5_error",
            top1Error / 2,
            "ten_crop_top1_error",
            top1Error - 0.01,
            "ten_crop_top5_error",
            top1Error / 2 - 0.01));
    flush();
  }

  /** A run of so many steps with its loss alone. */
  void longRun(String run, int steps) {
    for (int step = 1; step <= steps; step++) {
      double loss = 7 * Math.exp(-step / (double) steps) + Math.sin(step / 50.0) / 5;
      metric(run, step, Split.TRAIN, Map.of("loss", loss));
    }
    flush();
  }

  /** A dead letter of an image with this id, source and reason. */
  void deadLetter(String id, String source, String reason) {
    DeadLetter letter =
        DeadLetter.newBuilder()
            .setId(id)
            .setLabel(0)
            .setSplit(Split.TRAIN)
            .setEpoch(0)
            .setSequence(1)
            .setSource(source)
            .setStage("decode")
            .setReason(reason)
            .setTopic(topics.images(Split.TRAIN).name())
            .setPartition(0)
            .setOffset(7)
            .setFailedAt(start)
            .setSize(3)
            .setBytes(ByteBuffer.wrap(new byte[] {1, 2, 3}))
            .build();
    send(topics.deadLetters(), id, letter);
    flush();
  }

  private void flush() {
    producer.flush();
    if (failure != null) {
      throw new AssertionError("not published", failure);
    }
  }

  private void metric(String run, long step, Split split, Map<String, Double> values) {
    TrainingMetric metric =
        TrainingMetric.newBuilder()
            .setRun(run)
            .setStep(step)
            .setEpoch((int) (step / STEPS_AN_EPOCH))
            .setSplit(split)
            .setTime(start.plusMillis(step * 100))
            .setValues(values)
            .build();
    send(topics.metrics(), run, metric);
  }

  private <V> void send(Topic<V> topic, String key, V value) {
    byte[] bytes = topic.serde().serializer().serialize(topic.name(), value);
    Future<RecordMetadata> _ =
        producer.send(
            new ProducerRecord<>(topic.name(), key, bytes),
            (_, thrown) -> failure = thrown == null ? failure : thrown);
  }

  @Override
  public void close() {
    producer.close();
  }
}
