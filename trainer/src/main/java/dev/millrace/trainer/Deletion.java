package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what no trainer needs any more: tensors, or the images of colocated runs, that every
 * run's checkpoints cover, and chunks of checkpoints older than those that are kept. For one
 * thread.
 */
final class Deletion implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Deletion.class);

  private final Admin admin;
  private final TopicReader<Progress> progress;
  private final CheckpointCatalog catalog;
  private final Topics topics;
  private final Feed feed;
  private final String group;
  private final int keepCheckpoints;
  private final Map<String, Progress> byGroup = new HashMap<>();

  /**
   * Deletes for one run.
   *
   * @param feed what the run reads
   * @param group the run's consumer group
   * @param keepCheckpoints checkpoints that each run keeps, from 1
   */
  Deletion(
      KafkaClients clients,
      Admin admin,
      Topics topics,
      Feed feed,
      String group,
      int keepCheckpoints) {
    this.admin = admin;
    this.topics = topics;
    this.feed = feed;
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
    deleteRead(StreamPosition.offsetsOf(manifest.getOffsets()));
    TopicPartition chunks = new TopicPartition(topics.checkpointChunks().name(), 0);
    long before =
        catalog.deletable(
            newestFirst -> newestFirst.stream().limit(keepCheckpoints).toList(), manifest);
    delete(Map.of(chunks, before));
  }

  private void deleteRead(SortedMap<Integer, Long> own) throws InterruptedException {
    String read = feed.topic(topics, Split.TRAIN).name();
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
      if (counts && other.getTopic().equals(read)) {
        lowest.replaceAll((partition, offset) ->
            Math.min(
                offset, other.getAcknowledged().getOrDefault(Integer.toString(partition), 0L)));
      }
    }
    if (!lowest.equals(own)) {
      LOG.debug("{} is kept up to {} for slower runs; own checkpoint: {}", read, lowest, own);
    }
    Map<TopicPartition, Long> before = new HashMap<>();
    lowest.forEach((partition, offset) -> before.put(new TopicPartition(read, partition), offset));
    switch (feed) {
      case Feed.Tensors _ -> delete(before);
      case Feed.Colocated colocated -> {
        if (!colocated.keepImages()) {
          deleteImages(before);
        }
      }
    }
  }

  // The newest record of every partition stays: the producer reads there where to go on. What
  // augmenters have still to do stays as well, and everything in a topic that keeps its images.
  private void deleteImages(Map<TopicPartition, Long> before) throws InterruptedException {
    try {
      String images = topics.images(Split.TRAIN).name();
      if (ImageRetention.purged(admin, List.of(images)).isEmpty()) {
        return;
      }
      Map<TopicPartition, OffsetAndMetadata> augmented =
          admin
              .listConsumerGroupOffsets(topics.augmenterGroup())
              .partitionsToOffsetAndMetadata()
              .get();
      before.replaceAll((partition, offset) -> {
        OffsetAndMetadata others = augmented.get(partition);
        return Math.min(offset - 1, others == null ? Long.MAX_VALUE : others.offset());
      });
    } catch (ExecutionException e) {
      LOG.warn(
          "Cannot see how long images are to stay and how far group {} is: they are kept until it"
              + " succeeds. {}",
          topics.augmenterGroup(),
          String.valueOf(e.getCause()));
      return;
    }
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
