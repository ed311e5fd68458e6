package dev.millrace.producer.dataset;

import java.util.Arrays;

/**
 * Where files lie within archives, by number: in columns, as there are millions. A file takes 24
 * bytes, and 4 for its checksum.
 */
final class StoredPlaces {
  private int[] shards;
  private long[] offsets;
  private long[] lengths;
  private int[] sums; // empty where none were kept
  private int[] tags;
  private int size;

  /** None yet. */
  StoredPlaces() {
    this(new int[64], new long[64], new long[64], new int[64], new int[64], 0);
  }

  private StoredPlaces(
      int[] shards, long[] offsets, long[] lengths, int[] sums, int[] tags, int size) {
    this.shards = shards;
    this.offsets = offsets;
    this.lengths = lengths;
    this.sums = sums;
    this.tags = tags;
    this.size = size;
  }

  /** Adds a file; its number, from 0 on. */
  int add(int shard, long offset, long length, int sum, int tag) {
    if (size == offsets.length) {
      int more = size + size / 2;
      shards = Arrays.copyOf(shards, more);
      offsets = Arrays.copyOf(offsets, more);
      lengths = Arrays.copyOf(lengths, more);
      sums = Arrays.copyOf(sums, more);
      tags = Arrays.copyOf(tags, more);
    }
    shards[size] = shard;
    offsets[size] = offset;
    lengths[size] = length;
    sums[size] = sum;
    tags[size] = tag;
    return size++;
  }

  /**
   * Adds all of another's.
   *
   * @param shardsBefore what is added to the numbers of their archives
   */
  void addAll(StoredPlaces other, int shardsBefore) {
    for (int i = 0; i < other.size; i++) {
      add(
          shardsBefore + other.shards[i],
          other.offsets[i],
          other.lengths[i],
          other.sums[i],
          other.tags[i]);
    }
  }

  /** Adds the place of a file once more. */
  void repeat(int file) {
    add(shards[file], offsets[file], lengths[file], sums[file], tags[file]);
  }

  /**
   * Those of some files only, numbered anew, to which nothing is added.
   *
   * @param keepSums whether their checksums will be asked for
   */
  StoredPlaces select(int[] chosen, boolean keepSums) {
    return new StoredPlaces(
        select(shards, chosen),
        select(offsets, chosen),
        select(lengths, chosen),
        keepSums ? select(sums, chosen) : new int[0],
        select(tags, chosen),
        chosen.length);
  }

  private static int[] select(int[] all, int[] chosen) {
    return Arrays.stream(chosen).map(i -> all[i]).toArray();
  }

  private static long[] select(long[] all, int[] chosen) {
    return Arrays.stream(chosen).mapToLong(i -> all[i]).toArray();
  }

  int size() {
    return size;
  }

  /** The number of a file's archive. */
  int shard(int file) {
    return shards[file];
  }

  /** Where a file begins in what its archive holds. */
  long offset(int file) {
    return offsets[file];
  }

  long length(int file) {
    return lengths[file];
  }

  /** The sum of a file's bytes, as {@link Sums} has it. */
  int sum(int file) {
    return sums[file];
  }

  /** A number that is kept for a file, 0 until it is set. */
  int tag(int file) {
    return tags[file];
  }

  void tag(int file, int tag) {
    tags[file] = tag;
  }
}
