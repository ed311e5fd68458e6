package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Paths by number, kept as UTF-8 in one array: a listing of a million takes as many bytes as they
 * have letters, and 4 more for each. At most 2 GiB of text.
 */
final class PathList {
  private final byte[] text;
  private final int[] ends;

  private PathList(byte[] text, int[] ends) {
    this.text = text;
    this.ends = ends;
  }

  int size() {
    return ends.length;
  }

  String get(int index) {
    int begin = begin(index);
    return new String(text, begin, ends[index] - begin, UTF_8);
  }

  private int begin(int index) {
    return index == 0 ? 0 : ends[index - 1];
  }

  /** In the order of the paths' bytes. */
  int compare(int one, int other) {
    return Arrays.compareUnsigned(text, begin(one), ends[one], text, begin(other), ends[other]);
  }

  /** The same against a path that need not be here. */
  int compare(int index, byte[] path) {
    return Arrays.compareUnsigned(text, begin(index), ends[index], path, 0, path.length);
  }

  /**
   * The numbers of all paths in the order of their bytes; of equal ones in that of their numbers.
   */
  int[] order() {
    Integer[] order = new Integer[size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, this::compare);
    return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
  }

  /** Those paths only, numbered anew. */
  PathList select(int[] chosen) {
    int letters = Arrays.stream(chosen).map(i -> ends[i] - begin(i)).sum();
    byte[] selected = new byte[letters];
    int[] newEnds = new int[chosen.length];
    int used = 0;
    for (int i = 0; i < chosen.length; i++) {
      int begin = begin(chosen[i]);
      int length = ends[chosen[i]] - begin;
      System.arraycopy(text, begin, selected, used, length);
      used += length;
      newEnds[i] = used;
    }
    return new PathList(selected, newEnds);
  }

  /** Adds path after path. */
  static final class Builder {
    private static final int LONGEST = Integer.MAX_VALUE - 8; // no array may be longer

    private byte[] text = new byte[1024];
    private int[] ends = new int[64];
    private int used;
    private int size;

    void add(String path) {
      byte[] bytes = path.getBytes(UTF_8);
      add(bytes, bytes.length);
      end(used);
    }

    /** Adds all of another's. */
    void addAll(Builder other) {
      int before = used;
      add(other.text, other.used);
      for (int i = 0; i < other.size; i++) {
        end(before + other.ends[i]);
      }
    }

    private void add(byte[] bytes, int length) {
      if (length > LONGEST - used) {
        throw new IllegalArgumentException("more than 2 GiB of paths");
      }
      if (used + length > text.length) {
        long more = text.length + text.length / 2L + length;
        text = Arrays.copyOf(text, (int) Math.min(LONGEST, more));
      }
      System.arraycopy(bytes, 0, text, used, length);
      used += length;
    }

    private void end(int end) {
      if (size == ends.length) {
        ends = Arrays.copyOf(ends, size + size / 2);
      }
      ends[size++] = end;
    }

    /** Those that were added so far. */
    PathList build() {
      return new PathList(text, Arrays.copyOf(ends, size));
    }
  }
}
