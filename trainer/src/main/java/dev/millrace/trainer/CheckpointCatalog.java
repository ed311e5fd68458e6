package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;

/** Every committed checkpoint of every run, read from the topics. For one thread. */
final class CheckpointCatalog implements AutoCloseable {
  private final Admin admin;
  private final TopicReader<CheckpointManifest> reader;
  private final Topics topics;
  private final List<CheckpointManifest> manifests = new ArrayList<>();

  CheckpointCatalog(Admin admin, Consumer<String, ByteBuffer> consumer, Topics topics) {
    this.admin = admin;
    this.reader = new TopicReader<>(consumer, topics.checkpoints());
    this.topics = topics;
  }

  /** All of them in the order in which they were committed. */
  List<StoredCheckpoint> all() throws InterruptedException {
    for (TopicReader.Entry<CheckpointManifest> entry : reader.readToEnd()) {
      CheckpointManifest manifest = entry.value();
      if (manifest != null) {
        manifests.add(manifest);
      }
    }
    long begin = FirstOffsets.of(admin, topics.checkpointChunks().name(), 1).getOrDefault(0, 0L);
    return manifests.stream()
        .map(manifest -> new StoredCheckpoint(manifest, manifest.getFirstChunkOffset() >= begin))
        .toList();
  }

  /** A run's available ones, the newest first: the last committed, whatever its step. */
  List<CheckpointManifest> newestFirst(String run) throws InterruptedException {
    return all().reversed().stream()
        .filter(StoredCheckpoint::available)
        .map(StoredCheckpoint::manifest)
        .filter(manifest -> manifest.getRun().equals(run))
        .toList();
  }

  /**
   * Offset of the first chunk that is needed when every run keeps so many checkpoints.
   *
   * @param keep checkpoints that each run keeps, from 1
   * @param newest one that has just been committed: brokers may not show it for a moment yet
   */
  long firstChunkKept(int keep, CheckpointManifest newest) throws InterruptedException {
    List<CheckpointManifest> available =
        all().stream()
            .filter(StoredCheckpoint::available)
            .map(StoredCheckpoint::manifest)
            .collect(Collectors.toCollection(ArrayList::new));
    if (!available.contains(newest)) {
      available.add(newest);
    }
    Set<String> runs =
        available.stream()
            .map(CheckpointManifest::getRun)
            .collect(Collectors.toCollection(HashSet::new));
    return runs.stream()
        .flatMap(
            run -> available.reversed().stream().filter(m -> m.getRun().equals(run)).limit(keep))
        .mapToLong(CheckpointManifest::getFirstChunkOffset)
        .min()
        .orElse(0);
  }

  @Override
  public void close() {
    reader.close();
  }
}
