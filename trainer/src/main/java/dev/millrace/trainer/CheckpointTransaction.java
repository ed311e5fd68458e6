package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointChunk;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * Publishes a checkpoint in one transaction: its bytes as chunks, its manifest, the offsets of the
 * consumer group and, of a colocated run, the dead letters. Readers of committed records see all of
 * it or nothing. For one thread.
 */
final class CheckpointTransaction {
  private final Producer<String, byte[]> producer;
  private final Topics topics;
  private final Topic<?> read;
  private final RunIdentity identity;
  private final ConsumerGroupMetadata group;
  private final InstantSource clock;

  /**
   * Prepares a run's checkpoints.
   *
   * @param read the topic whose offsets are committed
   */
  CheckpointTransaction(
      Producer<String, byte[]> producer,
      Topics topics,
      Topic<?> read,
      RunIdentity identity,
      ConsumerGroupMetadata group,
      InstantSource clock) {
    this.producer = producer;
    this.topics = topics;
    this.read = read;
    this.identity = identity;
    this.group = group;
    this.clock = clock;
  }

  /**
   * Publishes and commits.
   *
   * @throws FencedTrainerException if another trainer of this run has started since
   * @throws KafkaException if the brokers refuse; nothing of it is visible then
   */
  CheckpointManifest publish(CheckpointDraft draft) throws InterruptedException {
    try {
      producer.beginTransaction();
      CheckpointManifest manifest = send(draft);
      producer.sendOffsetsToTransaction(offsets(draft.next()), group);
      producer.commitTransaction();
      return manifest;
    } catch (ProducerFencedException | InvalidProducerEpochException e) {
      throw fenced(draft, e);
    } catch (KafkaException e) {
      if (isFenced(e)) {
        throw fenced(draft, e);
      }
      abort(e);
      throw new KafkaException(
          "Cannot publish the checkpoint of run %s at step %d; the one before it stays the newest"
              .formatted(identity.run(), draft.step()),
          e);
    }
  }

  private CheckpointManifest send(CheckpointDraft draft) throws InterruptedException {
    ChunkCutter cutter =
        new ChunkCutter(
            Safetensors.parts(draft.tensors(), metadata(draft)), ChunkCutter.CHUNK_BYTES);
    Future<RecordMetadata> first = sendChunk(draft, cutter, 0);
    for (int index = 1; cutter.hasNext(); index++) {
      var _ = sendChunk(draft, cutter, index); // the commit waits for it
    }
    CheckpointManifest manifest = manifest(draft, cutter, offsetOf(first));
    var _ = send(topics.checkpoints(), identity.run(), manifest);
    for (DeadLetter letter : draft.letters()) {
      var _ = send(topics.deadLetters(), letter.getId(), letter);
    }
    return manifest;
  }

  // Nothing that differs between two runs on the same data: equal weights, equal SHA-256.
  private Map<String, String> metadata(CheckpointDraft draft) {
    Map<String, String> metadata = new java.util.TreeMap<>(identity.description().toMetadata());
    metadata.put("format", "millrace");
    metadata.put("model", identity.model());
    metadata.put("step", Long.toString(draft.step()));
    return metadata;
  }

  private Future<RecordMetadata> sendChunk(CheckpointDraft draft, ChunkCutter cutter, int index) {
    ByteBuffer bytes = cutter.next();
    return send(
        topics.checkpointChunks(),
        identity.run(),
        new CheckpointChunk(identity.run(), draft.step(), index, cutter.chunks(), bytes));
  }

  private <V> Future<RecordMetadata> send(Topic<V> topic, String key, V value) {
    byte[] bytes = topic.serde().serializer().serialize(topic.name(), value);
    return producer.send(new ProducerRecord<>(topic.name(), 0, key, bytes));
  }

  private long offsetOf(Future<RecordMetadata> sent) throws InterruptedException {
    producer.flush();
    try {
      return sent.get().offset();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    }
  }

  private CheckpointManifest manifest(CheckpointDraft draft, ChunkCutter cutter, long firstOffset) {
    Map<String, String> state = new HashMap<>(draft.state());
    state.putAll(identity.description().toState());
    state.put(RunIdentity.STATISTICS, identity.statistics());
    state.put(RunIdentity.ACTIVATION, identity.activation());
    state.put(Feed.STATE, identity.feed());
    return CheckpointManifest.newBuilder()
        .setRun(identity.run())
        .setModel(identity.model())
        .setStep(draft.step())
        .setEpoch(draft.next().epoch())
        .setNextSequence(draft.next().sequence())
        .setSeed(identity.seed())
        .setGroup(identity.group())
        .setOffsets(draft.next().offsetsByText())
        .setClassListId(identity.classListId())
        .setParameters(identity.parameters())
        .setState(state)
        .setEnvironment(identity.environment())
        .setFormat(Safetensors.FORMAT)
        .setBytes(cutter.bytes())
        .setSha256(cutter.sha256())
        .setChunks(cutter.chunks())
        .setFirstChunkOffset(firstOffset)
        .setCreatedAt(clock.instant())
        .build();
  }

  private Map<TopicPartition, OffsetAndMetadata> offsets(StreamPosition next) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    next.offsets()
        .forEach((partition, offset) ->
            offsets.put(new TopicPartition(read.name(), partition), new OffsetAndMetadata(offset)));
    return offsets;
  }

  private void abort(KafkaException reason) {
    try {
      producer.abortTransaction();
    } catch (KafkaException e) {
      reason.addSuppressed(e); // the brokers abort it when its time is over
    }
  }

  private static boolean isFenced(Throwable e) {
    for (Throwable cause : List.of(e, e.getCause() == null ? e : e.getCause())) {
      if (cause instanceof ProducerFencedException
          || cause instanceof InvalidProducerEpochException) {
        return true;
      }
    }
    return false;
  }

  private FencedTrainerException fenced(CheckpointDraft draft, KafkaException cause) {
    return new FencedTrainerException(
        ("Cannot publish the checkpoint of run %s at step %d: another trainer of this run has"
                + " started since, and only the newest may publish. This one stops; nothing of its"
                + " steps since its last checkpoint is kept. To train both, give each a run name.")
            .formatted(identity.run(), draft.step()),
        cause);
  }
}
