package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Removes the chunks of older checkpoints. Every run keeps its newest ones, and one that is whole
 * whatever its age. For one thread.
 */
final class CheckpointPruner {
  private final Admin admin;
  private final CheckpointCatalog catalog;
  private final CheckpointReader reader;
  private final Topics topics;
  private final Set<CheckpointManifest> kept = new HashSet<>();

  CheckpointPruner(Admin admin, CheckpointCatalog catalog, CheckpointReader reader, Topics topics) {
    this.admin = admin;
    this.catalog = catalog;
    this.reader = reader;
    this.topics = topics;
  }

  /**
   * Finds out what is to be removed and, unless it is only to be told, removes it.
   *
   * @param keep checkpoints that each run keeps, from 1
   * @throws KafkaException if the brokers refuse
   */
  Pruning prune(int keep, boolean dryRun) throws InterruptedException {
    long before = catalog.deletable(newestFirst -> kept(newestFirst, keep), null);
    List<CheckpointManifest> removed = new ArrayList<>();
    List<CheckpointManifest> spared = new ArrayList<>();
    List<CheckpointManifest> left = new ArrayList<>();
    for (StoredCheckpoint stored : catalog.all()) {
      CheckpointManifest manifest = stored.manifest();
      if (!stored.available()) {
        continue;
      }
      if (manifest.getFirstChunkOffset() < before) {
        removed.add(manifest);
      } else if (kept.contains(manifest)) {
        left.add(manifest);
      } else {
        spared.add(manifest);
      }
    }
    if (!dryRun && !removed.isEmpty()) {
      delete(before);
    }
    return new Pruning(removed, spared, left, before);
  }

  private List<CheckpointManifest> kept(List<CheckpointManifest> newestFirst, int keep) {
    List<CheckpointManifest> ofRun = new ArrayList<>(newestFirst.stream().limit(keep).toList());
    if (ofRun.stream().noneMatch(this::isWhole)) {
      newestFirst.stream().skip(keep).filter(this::isWhole).findFirst().ifPresent(ofRun::add);
    }
    kept.addAll(ofRun);
    return ofRun;
  }

  private boolean isWhole(CheckpointManifest manifest) {
    try {
      reader.verify(manifest);
      return true;
    } catch (DamagedCheckpointException e) {
      return false;
    }
  }

  private void delete(long before) throws InterruptedException {
    TopicPartition chunks = new TopicPartition(topics.checkpointChunks().name(), 0);
    try {
      admin.deleteRecords(Map.of(chunks, RecordsToDelete.beforeOffset(before))).all().get();
    } catch (ExecutionException e) {
      throw new KafkaException(
          "Cannot delete the chunks of %s before offset %d".formatted(chunks, before),
          e.getCause());
    }
  }
}
