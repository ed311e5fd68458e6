package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.RemoteArchives;
import dev.millrace.producer.archive.S3Key;
import dev.millrace.producer.archive.S3Store;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * Image objects below a prefix of an S3-compatible store, in the order of their keys: each is read
 * by itself.
 */
final class S3Objects implements ImageFiles {
  private final RemoteArchives remote;
  private final S3Key prefix;
  private final PathList paths;
  private final long[] lengths;
  private final long skipped;

  /**
   * Takes the images among objects.
   *
   * @param entries in the order of their keys, all below the prefix
   */
  S3Objects(RemoteArchives remote, S3Key prefix, List<S3Store.Entry> entries) {
    this.remote = remote;
    this.prefix = prefix;
    int begin = prefix.key().length();
    List<S3Store.Entry> images =
        entries.stream().filter(entry -> ImageFiles.isImage(entry.key().substring(begin))).toList();
    PathList.Builder builder = new PathList.Builder();
    images.forEach(entry -> builder.add(entry.key().substring(begin)));
    this.paths = builder.build();
    this.lengths = images.stream().mapToLong(S3Store.Entry::length).toArray();
    this.skipped = (long) entries.size() - images.size();
  }

  @Override
  public PathList paths() {
    return paths;
  }

  /** As it was listed. */
  @Override
  public long length(int index) {
    return lengths[index];
  }

  @Override
  public byte[] read(int index, int room, int most) throws IOException {
    try (InputStream in = remote.s3(key(index)).open(0)) {
      return ImageFiles.behind(room, in.readNBytes(most), most);
    }
  }

  private S3Key key(int index) {
    return new S3Key(prefix.bucket(), prefix.key() + paths.get(index));
  }

  @Override
  public String source(int index) {
    return key(index).toString();
  }

  @Override
  public long skipped() {
    return skipped;
  }
}
