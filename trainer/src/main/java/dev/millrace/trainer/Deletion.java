package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what no trainer needs any more: tensors that every run's checkpoints cover, and chunks of
 * checkpoints older than those that are kept. For one thread.
 */
final class Deletion implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deletion.class);

  private final Admin admin;
  private final TopicReader<Progress> progress;
  private final CheckpointCatalog catalog;
  private final Topics topics;
  private final String group;
  private final int keepCheckpoints;
  private final Map<String, Progress> byGroup = new HashMap<>();

  /**
   * Deletes for one run.
   *
   * @param group the run's consumer group
   * @param keepCheckpoints checkpoints that each run keeps, from 1
   */
  Deletion(KafkaClients clients, Admin admin, Topics topics, String group, int keepCheckpoints) {
    this.admin = admin;
    this.topics = topics;
    this.group = group;
    this.keepCheckpoints = keepCheckpoints;
    this.progress = new TopicReader<>(clients.reader(), topics.progress());
    this.catalog = new CheckpointCatalog(admin, clients.reader(), topics);
  }

  /**
   * To be called after a checkpoint is committed and its progress published. That nothing can be
   * deleted is no failure of training: it is logged.
   */
  void afterCheckpoint(CheckpointManifest manifest) throws InterruptedException {
    deleteTensors(StreamPosition.offsetsOf(manifest.getOffsets()));
    TopicPartition chunks = new TopicPartition(topics.checkpointChunks().name(), 0);
    long before =
        catalog.deletable(
            newestFirst -> newestFirst.stream().limit(keepCheckpoints).toList(), manifest);
    delete(Map.of(chunks, before));
  }

  private void deleteTensors(SortedMap<Integer, Long> own) throws InterruptedException {
    String tensors = topics.tensors(Split.TRAIN).name();
    for (TopicReader.Entry<Progress> entry : progress.readToEnd()) {
      Progress value = entry.value();
      if (value == null) {
        byGroup.remove(entry.key());
      } else {
        byGroup.put(entry.key(), value);
      }
    }
    SortedMap<Integer, Long> lowest = new TreeMap<>(own);
    for (Progress other : byGroup.values()) {
      boolean counts = !other.getFinished() && !other.getGroup().equals(group);
      if (counts && other.getTopic().equals(tensors)) {
        lowest.replaceAll((partition, offset) ->
            Math.min(
                offset, other.getAcknowledged().getOrDefault(Integer.toString(partition), 0L)));
      }
    }
    if (!lowest.equals(own)) {
      LOG.debug("Tensors are kept up to {} for slower runs; own checkpoint: {}", lowest, own);
    }
    Map<TopicPartition, Long> before = new HashMap<>();
    lowest.forEach(
        (partition, offset) -> before.put(new TopicPartition(tensors, partition), offset));
    delete(before);
  }

  private void delete(Map<TopicPartition, Long> before) throws InterruptedException {
    Map<TopicPartition, RecordsToDelete> records = new HashMap<>();
    before.forEach((partition, offset) -> {
      if (offset > 0) {
        records.put(partition, RecordsToDelete.beforeOffset(offset));
      }
    });
    if (records.isEmpty()) {
      return;
    }
    try {
      admin.deleteRecords(records).all().get();
    } catch (ExecutionException e) {
      LOG.warn(
          "Cannot delete records before {}: the disk fills until it succeeds. May this user delete"
              + " records? {}",
          before,
          String.valueOf(e.getCause()));
    }
  }

  @Override
  public void close() {
    progress.close();
    catalog.close();
  }
}
