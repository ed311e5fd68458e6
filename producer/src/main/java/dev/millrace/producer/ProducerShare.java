package dev.millrace.producer;

import dev.millrace.schemas.Topics;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Which of several producers of one dataset a producer is. Each publishes to partitions that no
 * other publishes to, so that together they publish what one alone would.
 *
 * @param number its number, from 1
 * @param of how many producers there are, at most one for each partition
 */
public record ProducerShare(int number, int of) {
  /** One producer publishes everything. */
  public static final ProducerShare WHOLE = new ProducerShare(1, 1);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,4})/(\\d{1,4})");

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the number is not from 1 to that of all
   */
  public ProducerShare {
    if (number < 1 || number > of) {
      throw new IllegalArgumentException(
          "shard must be from 1/%d to %d/%d, found %d/%d"
              .formatted(Math.max(1, of), Math.max(1, of), Math.max(1, of), number, of));
    }
  }

  /**
   * Reads a text such as {@code 2/4}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ProducerShare parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected the number of a producer and how many there are, such as 2/4, found \"%s\""
              .formatted(text));
    }
    return new ProducerShare(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Whether there are other producers. */
  boolean isPart() {
    return of > 1;
  }

  /** Whether it publishes to a partition. */
  boolean owns(int partition) {
    return partition % of == number - 1;
  }

  /** The partitions of a topic that it publishes to, ascending. */
  List<Integer> partitions(int all) {
    return IntStream.range(0, all).filter(this::owns).boxed().toList();
  }

  /** How many images of an epoch of so many it publishes to so many partitions in all. */
  long images(int epochSize, int all) {
    return partitions(all).stream().mapToLong(partition -> images(epochSize, partition, all)).sum();
  }

  /** How many images of an epoch of so many are in a partition. */
  static long images(int epochSize, int partition, int all) {
    return Math.max(0, (epochSize - partition + all - 1) / all);
  }

  /** The part of a bound that all producers keep together. */
  long of(long bound) {
    return bound / of;
  }

  /** What tells the brokers that it takes the place of the one before. */
  String transactionalId(Topics topics) {
    return isPart()
        ? "%s-%d-of-%d".formatted(WHOLE.transactionalId(topics), number, of)
        : topics.prefix() + "-producer";
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return number + "/" + of;
  }
}
