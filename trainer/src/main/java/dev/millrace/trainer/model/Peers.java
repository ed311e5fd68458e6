package dev.millrace.trainer.model;

import java.util.List;

/**
 * The processes that train one network together, and this one's place among them. Each takes a part
 * of every minibatch, and all add their gradients up.
 *
 * @param addresses where each one's TensorFlow listens, as {@code HOST:PORT}; none where a process
 *     trains alone
 * @param rank place of this one, from 0
 */
public record Peers(List<String> addresses, int rank) {
  /** A process that trains alone. */
  public static final Peers NONE = new Peers(List.of(), 0);

  /**
   * Checks the rank.
   *
   * @throws IllegalArgumentException if there is no such process
   */
  public Peers {
    addresses = List.copyOf(addresses);
    if (rank < 0 || rank >= Math.max(1, addresses.size())) {
      throw new IllegalArgumentException(
          "A rank among %d processes must be from 0 to %d, found %d"
              .formatted(addresses.size(), Math.max(0, addresses.size() - 1), rank));
    }
  }

  /** Number of processes, this one counted. */
  public int count() {
    return Math.max(1, addresses.size());
  }

  /** Whether there is no other process. */
  public boolean alone() {
    return count() == 1;
  }

  /** Whether this is the one that publishes and evaluates. */
  public boolean first() {
    return rank == 0;
  }
}
