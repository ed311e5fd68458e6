package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.Split;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Image files that lie within archives, in the order of their paths: each is read at its place, and
 * nothing is unpacked. A file takes 24 bytes of memory, 28 in streams, and its path.
 */
final class StoredFiles implements ImageFiles {
  private final List<Shard> shards;
  private final PathList paths;
  private final StoredPlaces places;
  private final long skipped;

  private StoredFiles(Builder listed, PathList all, int[] chosen) {
    this.shards = List.copyOf(listed.shards);
    this.paths = all.select(chosen);
    this.places = listed.places.select(chosen, isStream());
    this.skipped = listed.skipped;
  }

  /** Lists archive after archive, file after file. */
  static final class Builder {
    private final List<Shard> shards = new ArrayList<>();
    private final PathList.Builder paths = new PathList.Builder();
    private final List<Link> links = new ArrayList<>();
    private final StoredPlaces places = new StoredPlaces();
    private long skipped;

    /** A file by a second name; its own number is that of the file before which it stands. */
    private record Link(int before, String path, String target) {}

    /** What is added from now on lies in that archive. */
    void shard(Shard shard) {
      shards.add(shard);
    }

    /**
     * A file of the archive that was told last; its number, from 0 on.
     *
     * @param sum of its bytes, as {@link Sums} has it; of no account but in streams
     */
    int add(String path, long offset, long length, int sum) {
      paths.add(path);
      return places.add(shards.size() - 1, offset, length, sum, 0);
    }

    /** Keeps a number for a file that was added, 0 until then. */
    void tag(int file, int tag) {
      places.tag(file, tag);
    }

    /** A second name of a file that was added before; passed over if there is none. */
    void link(String path, String target) {
      links.add(new Link(size(), path, target));
    }

    /** There is a file that is no image. */
    void skip() {
      skipped++;
    }

    int size() {
      return places.size();
    }

    /** Adds all that was added to another, behind what is here. */
    void addAll(Builder other) {
      int before = size();
      places.addAll(other.places, shards.size());
      shards.addAll(other.shards);
      paths.addAll(other.paths);
      for (Link link : other.links) {
        links.add(new Link(before + link.before, link.path, link.target));
      }
      skipped += other.skipped;
    }

    /** All but those that were tagged with a number below 0, which count as no images. */
    StoredFiles build() {
      int[] standing = resolveLinks();
      PathList all = paths.build();
      int[] order = all.order();
      int kept = 0;
      for (int i = 0; i < order.length; i++) {
        int last = order[i];
        // Of several with one path the last counts, as when a tar is unpacked.
        while (i + 1 < order.length && all.compare(last, order[i + 1]) == 0) {
          i++;
          last = standing[order[i]] >= standing[last] ? order[i] : last;
        }
        if (places.tag(last) < 0) {
          skipped++;
        } else {
          order[kept++] = last;
        }
      }
      return new StoredFiles(this, all, Arrays.copyOf(order, kept));
    }

    /** Adds those whose targets are there; for each file, where it stood among all. */
    private int[] resolveLinks() {
      int[] standing = new int[size() + links.size()];
      for (int i = 0; i < size(); i++) {
        standing[i] = 2 * i + 1;
      }
      if (links.isEmpty()) {
        return standing;
      }
      PathList all = paths.build();
      int[] order = all.order();
      for (Link link : links) {
        int target = find(all, order, link);
        if (target < 0) {
          skipped++;
        } else {
          standing[size()] = 2 * link.before;
          paths.add(link.path);
          places.repeat(target);
        }
      }
      return standing;
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
    return places.tag(index);
  }

  /** Number of archives. */
  int shards() {
    return shards.size();
  }

  /** An archive, in the order in which they were listed. */
  Shard shard(int number) {
    return shards.get(number);
  }

  /** The number of the archive that a file lies in. */
  int shardOf(int index) {
    return places.shard(index);
  }

  private Shard shardWith(int index) {
    return shards.get(shardOf(index));
  }

  /** Where a file begins in what its archive holds. */
  long offset(int index) {
    return places.offset(index);
  }

  /** Whether any archive is a stream, so that they are best read as such. */
  boolean isStream() {
    return shards.stream().anyMatch(Shard::isStream);
  }

  /** Which files lie in archives of the validation split; null where no name tells splits. */
  boolean @Nullable [] validation() {
    if (shards.stream().noneMatch(shard -> shard.split() == Split.VALIDATION)) {
      return null;
    }
    boolean[] validation = new boolean[size()];
    for (int i = 0; i < validation.length; i++) {
      validation[i] = shardWith(i).split() == Split.VALIDATION;
    }
    return validation;
  }

  @Override
  public PathList paths() {
    return paths;
  }

  @Override
  public long length(int index) {
    return places.length(index);
  }

  @Override
  public byte[] read(int index, int room, int most) throws IOException {
    Shard shard = shardWith(index);
    int wanted = (int) Math.min(length(index), most);
    try (InputStream in = shard.open(offset(index))) {
      byte[] bytes = new byte[Math.addExact(room, wanted)];
      if (in.readNBytes(bytes, room, wanted) < wanted) {
        throw new EOFException(shard + " has become shorter since it was listed");
      }
      if (wanted == length(index)) {
        requireSum(index, bytes, room);
      }
      return bytes;
    }
  }

  /**
   * Makes sure that bytes are those that were listed.
   *
   * @param room how many stand before them
   * @throws IOException if not
   */
  void requireSum(int index, byte[] bytes, int room) throws IOException {
    if (shardWith(index).isStream() && Sums.of(bytes, room) != places.sum(index)) {
      throw new IOException(paths.get(index) + " has other bytes than when it was listed");
    }
  }

  @Override
  public String source(int index) {
    return shardWith(index) + "!" + paths.get(index);
  }

  @Override
  public long skipped() {
    return skipped;
  }
}
