package dev.millrace.dashboard.tensorboard;

import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of all runs, which goes on where it stopped: what was written behind the bookmark is
 * cut off, and written again, to the byte, when the topic is read from there. One process writes to
 * it. Holds the files of a hundred runs open, three each; further runs are left out. Safe for use
 * by several threads.
 */
final class EventFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventFolder.class);
  private static final String LOCK = "millrace.lock";
  private static final int MOST_RUNS = 100;

  private final Path root;
  private final FileChannel lock;
  private final Bookmark opened;
  private final Map<String, RunFiles> runs = new LinkedHashMap<>();
  private final Set<String> names;
  private String topic;
  private long offset;
  private boolean changed;
  private boolean complained;

  private EventFolder(Path root, FileChannel lock, Bookmark opened) {
    this.root = root;
    this.lock = lock;
    this.opened = opened;
    this.topic = opened.topic();
    this.offset = opened.offset();
    this.names = opened.before(RunFiles.LOSS);
  }

  /**
   * Opens a folder, or makes it.
   *
   * @throws IOException if another process writes to it, it holds files of others, or cannot be
   *     written
   */
  static EventFolder open(Path root) throws IOException {
    Files.createDirectories(root);
    FileChannel lock =
        FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!lock(lock)) {
        throw new IOException(
            "%s is written by another dashboard: name another folder".formatted(root));
      }
      Optional<Bookmark> bookmark = Bookmark.load(root);
      if (bookmark.isEmpty()) {
        requireEmpty(root);
        Bookmark.none().save(root); // from here on the folder is ours
      }
      return new EventFolder(root, lock, bookmark.orElse(Bookmark.none()));
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      LOG.debug("This process holds it", e);
      return false;
    }
  }

  private static void requireEmpty(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      List<String> others =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !name.equals(LOCK))
              .sorted()
              .toList();
      if (!others.isEmpty()) {
        throw new IOException(
            "%s holds files of others (%s): name an empty folder"
                .formatted(root, others.getFirst()));
      }
    }
  }

  /**
   * Says which topic the records come from.
   *
   * @param id the topic's id, which no other topic of any cluster has
   * @return the offset to read on from
   * @throws IOException if the files are those of another topic
   */
  synchronized long from(String id) throws IOException {
    if (!topic.isEmpty() && !topic.equals(id)) {
      throw new IOException(
          "%s holds what another stream's topic said: name another folder".formatted(root));
    }
    topic = id;
    return offset;
  }

  /** Writes what was measured. */
  synchronized void add(TrainingMetric metric) throws IOException {
    RunFiles files = files(metric.getRun());
    if (files != null) {
      files.add(metric);
    }
  }

  /** Writes a picture of a run. */
  synchronized void add(String run, Picture picture) throws IOException {
    RunFiles files = files(run);
    if (files != null) {
      files.add(picture);
      files.flush();
      changed = true;
    }
  }

  private @Nullable RunFiles files(String run) {
    RunFiles files = runs.get(run);
    String name = FolderName.of(run);
    if (files == null && (names.contains(name) || names.size() < MOST_RUNS)) {
      names.add(name);
      files = new RunFiles(root, run, opened);
      runs.put(run, files);
    } else if (files == null && !complained) {
      complained = true;
      LOG.warn("{} has {} runs: further ones are left out; name another folder", root, MOST_RUNS);
    }
    return files;
  }

  /**
   * Lets readers see what was written.
   *
   * @param next offset of the first record that was not
   */
  synchronized void flush(long next) throws IOException {
    for (RunFiles files : runs.values()) {
      files.flush();
    }
    changed |= next != offset;
    offset = next;
  }

  /** Sets the bookmark behind what was written. */
  synchronized void save() throws IOException {
    if (changed) {
      Bookmark bookmark = opened.next(topic, offset);
      for (RunFiles files : runs.values()) {
        files.force(bookmark);
      }
      bookmark.save(root);
      changed = false;
    }
  }

  @Override
  public synchronized void close() throws IOException {
    changed = false; // what is not behind the bookmark is written again
    try {
      for (RunFiles files : runs.values()) {
        files.close();
      }
    } finally {
      lock.close();
    }
  }
}
