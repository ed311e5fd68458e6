package dev.millrace.producer.follow;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the operating system tells of changes in folders: quick, but neither sure nor whole. Network
 * file systems tell nothing of what other machines do. For one thread.
 */
final class FolderChanges implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderChanges.class);

  private final WatchService service;
  private final Map<WatchKey, Path> folders = new HashMap<>();
  private boolean refused;
  private boolean missed;

  FolderChanges(Path root) throws IOException {
    service = root.getFileSystem().newWatchService();
  }

  /** From now on a folder's changes are told. */
  void watch(Path folder) {
    try {
      folders.put(
          folder.register(
              service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY),
          folder);
    } catch (IOException e) {
      if (!refused) {
        refused = true;
        LOG.warn(
            "Cannot be told of changes in {} ({}): what comes there and in other such folders is"
                + " found when the folder is looked through (--rescan)",
            folder,
            e.getMessage());
      }
    }
  }

  /** What has changed, waiting a while if nothing has. */
  List<Path> await(Duration longest) throws InterruptedException {
    List<Path> changed = new ArrayList<>();
    try {
      WatchKey key = service.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
      while (key != null) {
        take(key, folders.get(key), changed);
        key = service.poll();
      }
    } catch (ClosedWatchServiceException e) {
      LOG.debug("No longer told of changes", e);
    }
    return changed;
  }

  private void take(WatchKey key, @Nullable Path folder, List<Path> changed) {
    for (WatchEvent<?> event : key.pollEvents()) {
      if (event.context() instanceof Path name && folder != null) {
        changed.add(folder.resolve(name));
      } else {
        missed = true;
      }
    }
    if (!key.reset()) {
      folders.remove(key); // the folder is gone
    }
  }

  /** Whether there were more changes than could be told since this was asked last. */
  boolean takeMissed() {
    boolean some = missed;
    missed = false;
    return some;
  }

  @Override
  public void close() {
    try {
      service.close();
    } catch (IOException e) {
      LOG.debug("Cannot close the watch of {}", folders.size(), e);
    }
  }
}
