package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.Archive;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;

/** Tar archives that are one dataset, listed several at a time. */
final class TarArchives {
  private static final int AT_A_TIME = 4;

  private TarArchives() {}

  /**
   * Lists archives.
   *
   * @param folder what the archives' paths begin with: a file's path begins with its archive's
   *     behind it; or, of a single one, its path
   * @param data what the dataset is called in messages
   * @param found counts the images as they are found
   * @throws DatasetException if one cannot be read to its end, an image has no label, or the
   *     archives are prepared shards that are not complete
   */
  static Listing list(List<Archive> archives, String folder, Object data, LongAdder found)
      throws DatasetException {
    PreparedClasses prepared = ClassesFile.beside(archives);
    Samples samples = new Samples();
    StoredFiles.Builder files;
    ExecutorService listers =
        Executors.newFixedThreadPool(
            Math.min(AT_A_TIME, archives.size()),
            Thread.ofPlatform().name("list-", 0).daemon().factory());
    try {
      Deque<Future<StoredFiles.Builder>> listings = new ArrayDeque<>();
      for (Archive archive : archives) {
        String inside = Shards.name(folder, archive.path());
        TarListing listing =
            new TarListing(archive, Shards.split(inside), path -> inside + path, samples, found);
        listings.add(listers.submit(listing::list));
      }
      files = listings.remove().get();
      while (!listings.isEmpty()) {
        files.addAll(listings.remove().get()); // which is not needed any more
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof DatasetException damaged
          ? damaged
          : new DatasetException("Cannot list " + data, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatasetException("Interrupted while listing " + data, e);
    } finally {
      listers.shutdownNow();
    }
    StoredFiles listed = files.build();
    return samples.areLabelled()
        ? new Listing(listed, samples.labels(listed, prepared))
        : Listing.byPath(listed, Map.of(), data);
  }
}
