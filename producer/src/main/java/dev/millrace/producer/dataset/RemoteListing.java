package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.Archive;
import dev.millrace.producer.archive.RemoteArchives;
import dev.millrace.producer.archive.S3Key;
import dev.millrace.producer.archive.S3Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Lists what lies on web servers and in S3-compatible stores. */
final class RemoteListing {
  private RemoteListing() {}

  /**
   * Lists archives on a web server.
   *
   * @throws DatasetException if one cannot be read
   */
  static Listing of(Location.Web data, RemoteArchives remote, LongAdder found)
      throws DatasetException {
    try {
      List<Archive> archives = new ArrayList<>();
      for (String url : Braces.expand(data.url(), data)) {
        archives.add(remote.http(url));
      }
      return TarArchives.list(archives, commonFolder(archives), data, found);
    } catch (IOException e) {
      throw cannot(data, e);
    }
  }

  /**
   * Lists archives, or images, in a store.
   *
   * @throws DatasetException if there are none, or one cannot be read
   */
  static Listing of(Location.Store data, RemoteArchives remote, LongAdder found)
      throws DatasetException {
    S3Key key = data.key();
    try {
      if (!Shards.isTar(key.key())) {
        return below(data, remote, found);
      }
      List<Archive> archives = new ArrayList<>();
      for (String expanded : Braces.expand(key.key(), data)) {
        archives.add(remote.s3(new S3Key(key.bucket(), expanded)));
      }
      return TarArchives.list(archives, commonFolder(archives), data, found);
    } catch (IOException e) {
      throw cannot(data, e);
    }
  }

  // As a folder on a disk: its images if there are any, else its archives.
  private static Listing below(Location.Store data, RemoteArchives remote, LongAdder found)
      throws DatasetException, IOException {
    S3Key key = data.key();
    S3Key prefix =
        key.key().isEmpty() || key.key().endsWith("/")
            ? key
            : new S3Key(key.bucket(), key.key() + "/");
    List<S3Store.Entry> entries = remote.store().list(prefix);
    S3Objects images = new S3Objects(remote, prefix, entries);
    found.add(images.size());
    List<Archive> archives = new ArrayList<>();
    if (images.size() == 0) {
      for (S3Store.Entry entry : entries) {
        if (Shards.isTar(entry.key())) {
          archives.add(remote.s3(new S3Key(key.bucket(), entry.key())));
        }
      }
    }
    return archives.isEmpty()
        ? Listing.byPath(images, Map.of(), data)
        : TarArchives.list(archives, prefix.toString(), data, found);
  }

  private static String commonFolder(List<Archive> archives) {
    return Shards.commonFolder(archives.stream().map(Archive::path).toList());
  }

  private static DatasetException cannot(Location data, IOException e) {
    return new DatasetException("Cannot read %s: %s".formatted(data, e.getMessage()), e);
  }
}
