package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Image files that lie within archives, in the order of their paths: each is read at its place, and
 * nothing is unpacked. A file takes 24 bytes of memory, and its path.
 */
final class StoredFiles implements ImageFiles {
  private final List<Path> archives;
  private final PathList paths;
  private final int[] archiveOf;
  private final long[] offsets;
  private final long[] lengths;
  private final int[] tags;
  private final long skipped;

  private StoredFiles(Builder listed, PathList all, int[] chosen) {
    this.archives = List.copyOf(listed.archives);
    this.paths = all.select(chosen);
    this.archiveOf = Arrays.stream(chosen).map(i -> listed.archiveOf[i]).toArray();
    this.offsets = Arrays.stream(chosen).mapToLong(i -> listed.offsets[i]).toArray();
    this.lengths = Arrays.stream(chosen).mapToLong(i -> listed.lengths[i]).toArray();
    this.tags = Arrays.stream(chosen).map(i -> listed.tags[i]).toArray();
    this.skipped = listed.skipped;
  }

  /** Lists archive after archive, file after file. */
  static final class Builder {
    private final List<Path> archives = new ArrayList<>();
    private final PathList.Builder paths = new PathList.Builder();
    private final List<Link> links = new ArrayList<>();
    private int[] archiveOf = new int[64];
    private long[] offsets = new long[64];
    private long[] lengths = new long[64];
    private int[] tags = new int[64];
    private int size;
    private long skipped;

    /** A file by a second name; its own number is that of the file before which it stands. */
    private record Link(int before, String path, String target) {}

    /** What is added from now on lies in that archive. */
    void archive(Path archive) {
      archives.add(archive);
    }

    /** A file of the archive that was told last; its number, from 0 on. */
    int add(String path, long offset, long length) {
      add(archives.size() - 1, path, offset, length, 0);
      return size - 1;
    }

    /** Keeps a number for a file that was added, 0 until then. */
    void tag(int file, int tag) {
      tags[file] = tag;
    }

    private void add(int archive, String path, long offset, long length, int tag) {
      if (size == offsets.length) {
        archiveOf = Arrays.copyOf(archiveOf, size + size / 2);
        offsets = Arrays.copyOf(offsets, size + size / 2);
        lengths = Arrays.copyOf(lengths, size + size / 2);
        tags = Arrays.copyOf(tags, size + size / 2);
      }
      paths.add(path);
      archiveOf[size] = archive;
      offsets[size] = offset;
      tags[size] = tag;
      lengths[size++] = length;
    }

    /** A second name of a file that was added before; passed over if there is none. */
    void link(String path, String target) {
      links.add(new Link(size, path, target));
    }

    /** There is a file that is no image. */
    void skip() {
      skipped++;
    }

    int size() {
      return size;
    }

    /** All but those that were tagged with a number below 0, which count as no images. */
    StoredFiles build() {
      resolveLinks();
      PathList all = paths.build();
      int[] order = all.order();
      int kept = 0;
      for (int i = 0; i < order.length; i++) {
        if (tags[order[i]] < 0) {
          skipped++;
          // Of several with one path the last counts, as when a tar is unpacked.
        } else if (i + 1 == order.length || all.compare(order[i], order[i + 1]) != 0) {
          order[kept++] = order[i];
        }
      }
      return new StoredFiles(this, all, Arrays.copyOf(order, kept));
    }

    private void resolveLinks() {
      if (links.isEmpty()) {
        return;
      }
      PathList all = paths.build();
      int[] order = all.order();
      for (Link link : links) {
        int target = find(all, order, link);
        if (target < 0) {
          skipped++;
        } else {
          add(archiveOf[target], link.path, offsets[target], lengths[target], tags[target]);
        }
      }
    }

    /** The last file before a link that has the link's target as its path, or -1. */
    private static int find(PathList all, int[] order, Link link) {
      byte[] target = link.target.getBytes(UTF_8);
      int low = 0;
      int high = order.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        int found = all.compare(order[middle], target);
        if (found < 0 || (found == 0 && order[middle] < link.before)) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low > 0 && all.compare(order[low - 1], target) == 0 ? order[low - 1] : -1;
    }
  }

  /** The number that was kept for a file. */
  int tag(int index) {
    return tags[index];
  }

  /** The archive that a file lies in. */
  Path archive(int index) {
    return archives.get(archiveOf[index]);
  }

  @Override
  public int size() {
    return paths.size();
  }

  @Override
  public String path(int index) {
    return paths.get(index);
  }

  @Override
  public long length(int index) {
    return lengths[index];
  }

  @Override
  public byte[] read(int index, int most) throws IOException {
    Path archive = archive(index);
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(lengths[index], most));
    try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ)) {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, offsets[index] + bytes.position()) < 0) {
          throw new EOFException(archive + " has become shorter since it was listed");
        }
      }
    }
    return bytes.array();
  }

  @Override
  public String source(int index) {
    return archive(index) + "!" + paths.get(index);
  }

  @Override
  public long skipped() {
    return skipped;
  }
}
