package dev.millrace.dashboard;

import dev.millrace.dashboard.flow.Flow;
import dev.millrace.dashboard.history.History;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads the topics into the history, the flow and the gauges. Dead letters, which hold images, have
 * a reader of their own, so that they keep nobody waiting.
 */
final class TopicsWatch implements AutoCloseable {
  private final Topics topics;
  private final History history;
  private final Flow flow;
  private final Gauges gauges;
  private final BrokerWatch brokers;
  private final TopicReader records;
  private final TopicReader letters;

  /**
   * A watch that has not started.
   *
   * @param begun runs once, when all has been read that was there at the start
   */
  TopicsWatch(
      Topics topics,
      Map<String, Object> kafka,
      History history,
      Flow flow,
      Gauges gauges,
      Connection connection,
      Runnable begun) {
    this.topics = topics;
    this.history = history;
    this.flow = flow;
    this.gauges = gauges;
    this.brokers = new BrokerWatch(topics, kafka, connection, this::look);
    this.records =
        new TopicReader(
            "records",
            kafka,
            connection,
            Map.of(
                topics.metrics().name(), taker(topics.metrics(), this::metric),
                topics.checkpoints().name(), taker(topics.checkpoints(), this::checkpoint),
                topics.progress().name(), taker(topics.progress(), this::progress),
                topics.classes().name(), taker(topics.classes(), this::classes)),
            begun);
    this.letters =
        new TopicReader(
            "dead-letters",
            kafka,
            connection,
            Map.of(topics.deadLetters().name(), this::letter),
            () -> {});
  }

  TopicsWatch start() {
    brokers.start();
    records.start();
    letters.start();
    return this;
  }

  private static <V extends SpecificRecord> Consumer<ConsumerRecord<String, byte[]>> taker(
      Topic<V> topic, Consumer<V> taker) {
    var deserializer = topic.serde().deserializer();
    return record -> taker.accept(deserializer.deserialize(record.topic(), record.value()));
  }

  private void metric(TrainingMetric metric) {
    history.metric(metric);
    flow.take(metric);
    gauges.metric(metric);
  }

  private void checkpoint(CheckpointManifest manifest) {
    history.checkpoint(manifest);
    gauges.checkpoint(manifest);
  }

  private void progress(Progress progress) {
    history.progress(progress);
    flow.take(progress);
    gauges.progress(progress);
  }

  private void classes(ClassList classes) {
    history.classes(classes);
  }

  private void letter(ConsumerRecord<String, byte[]> record) {
    if (record.offset() == 0) {
      history.forgetDeadLetters(); // a topic that has been made anew
    }
    DeadLetter letter =
        topics.deadLetters().serde().deserializer().deserialize(record.topic(), record.value());
    history.deadLetter(record.offset(), letter);
    flow.take(letter);
  }

  private void look(Admin admin) throws InterruptedException {
    TopicPartition chunks = new TopicPartition(topics.checkpointChunks().name(), 0);
    try {
      history.chunksFrom(
          admin
              .listOffsets(Map.of(chunks, OffsetSpec.earliest()))
              .partitionResult(chunks)
              .get()
              .offset());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
    gauges.deadLetters(history.deadLettersTotal());
  }

  @Override
  public void close() {
    brokers.close();
    records.close();
    letters.close();
  }
}
