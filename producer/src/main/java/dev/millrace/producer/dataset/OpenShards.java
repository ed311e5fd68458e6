package dev.millrace.producer.dataset;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;

/** The streams that one pass has open, each read from its beginning on. For one thread. */
final class OpenShards implements AutoCloseable {
  private final StoredFiles files;
  private final Map<Integer, OpenShard> open = new HashMap<>();

  /** A stream, and how many bytes of it were read. */
  private static final class OpenShard {
    private final InputStream in;
    private long at;

    OpenShard(InputStream in, long at) {
      this.in = in;
      this.at = at;
    }
  }

  OpenShards(StoredFiles files) {
    this.files = files;
  }

  /**
   * Reads an image; what lies before it in its archive is given up.
   *
   * @throws IOException if the archive cannot be read on, or holds other bytes than were listed
   */
  byte[] read(int index) throws IOException {
    int number = files.shardOf(index);
    long offset = files.offset(index);
    OpenShard shard = open.get(number);
    if (shard == null) {
      shard = new OpenShard(files.shard(number).open(offset), offset);
      open.put(number, shard);
    }
    int length = Math.toIntExact(files.length(index));
    if (offset < shard.at) { // a second name of the image before
      return files.read(index, 0, length);
    }
    shard.in.skipNBytes(offset - shard.at);
    byte[] bytes = new byte[length];
    if (shard.in.readNBytes(bytes, 0, length) < length) {
      throw new EOFException("it has become shorter since it was listed");
    }
    shard.at = offset + length;
    files.requireSum(index, bytes, 0);
    return bytes;
  }

  /** Nothing more of that archive is wanted. */
  void close(int number) throws IOException {
    OpenShard shard = open.remove(number);
    if (shard != null) {
      shard.in.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (OpenShard shard : open.values()) {
      shard.in.close();
    }
    open.clear();
  }
}
