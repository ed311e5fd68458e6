package dev.millrace.trainer;

import java.time.Duration;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The records of a feed, partition by partition, each in the order of its topic. */
interface TensorRecords extends AutoCloseable {
  /** Number of partitions. */
  int partitions();

  /** The first record of a partition that was not removed; null while it is not there. */
  @Nullable TensorRecord peek(int partition);

  /** Takes that record away: reading goes on behind it. */
  void remove(int partition);

  /** Fetches ahead without waiting. */
  void prefetch();

  /** Waits at most so long for a partition's first record; may come back before. */
  void await(int partition, Duration most);

  /** Offset to go on reading at, by partition. */
  SortedMap<Integer, Long> nextOffsets();

  /** Number of records that are there, of all partitions. */
  int ready();

  /** Makes a thread that waits throw {@code WakeupException} soon. From any thread. */
  void wakeup();

  @Override
  void close();
}
