package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.jspecify.annotations.Nullable;

/** Every committed checkpoint of every run, read from the topics. For one thread. */
final class CheckpointCatalog implements AutoCloseable {
  private static final Duration LONGEST_COMMIT = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(20);

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

  /** Chooses, of a run's available checkpoints, the newest first, those that are to be kept. */
  interface Keeping {
    List<CheckpointManifest> kept(List<CheckpointManifest> newestFirst);
  }

  /**
   * Offset before which all chunks may be deleted: no run needs them, and no transaction that is
   * open has begun before it. A run that is writing its first checkpoint has nothing else to show
   * that it is there.
   *
   * @param newest one that has just been committed, which brokers may not show for a moment yet, or
   *     null
   * @return 0 where a transaction is in the middle of its commit for longer than a moment: nothing
   *     may be deleted now
   */
  long deletable(Keeping keeping, @Nullable CheckpointManifest newest) throws InterruptedException {
    // In this order: chunks that are committed by now have their manifest in the topic by now.
    long stable = EndOffsets.stable(admin, topics.checkpointChunks().name());
    if (!awaitStable(EndOffsets.written(admin, topics.checkpoints().name()))) {
      return 0;
    }
    List<CheckpointManifest> available =
        all().stream()
            .filter(StoredCheckpoint::available)
            .map(StoredCheckpoint::manifest)
            .collect(Collectors.toCollection(ArrayList::new));
    if (newest != null && !available.contains(newest)) {
      available.add(newest);
    }
    Map<String, List<CheckpointManifest>> byRun =
        available.reversed().stream().collect(Collectors.groupingBy(CheckpointManifest::getRun));
    return byRun.values().stream()
        .flatMap(newestFirst -> keeping.kept(newestFirst).stream())
        .mapToLong(CheckpointManifest::getFirstChunkOffset)
        .reduce(stable, Math::min);
  }

  private boolean awaitStable(long written) throws InterruptedException {
    long begin = System.nanoTime();
    while (EndOffsets.stable(admin, topics.checkpoints().name()) < written) {
      if (System.nanoTime() - begin > LONGEST_COMMIT.toNanos()) {
        return false;
      }
      Thread.sleep(LOOK);
    }
    return true;
  }

  @Override
  public void close() {
    reader.close();
  }
}
