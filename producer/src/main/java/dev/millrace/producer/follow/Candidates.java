package dev.millrace.producer.follow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The new files of which it is not known yet whether they are complete: those that come first in
 * the order of publishing, a bounded number. Others are found again when the folder is looked
 * through the next time. For one thread.
 */
final class Candidates {
  private static final Comparator<Candidate> ORDER =
      Comparator.comparingLong((Candidate c) -> c.order).thenComparing(c -> c.id);

  private final int most;
  private final Map<String, Candidate> byId = new HashMap<>();
  private final TreeSet<Candidate> inOrder = new TreeSet<>(ORDER);
  private boolean leftOut;

  /** One file. */
  static final class Candidate {
    final String id;
    private final long order;
    private FileState state;
    private long sinceNanos;
    private long lookNanos;

    Candidate(String id, long order, FileState state, long now, long settleNanos) {
      this.id = id;
      this.order = order;
      this.state = state;
      this.sinceNanos = now;
      this.lookNanos = now + settleNanos;
    }

    FileState state() {
      return state;
    }

    /** For how long it has been the same. */
    long unchangedNanos(long now) {
      return now - sinceNanos;
    }

    /** Says how the file is now; whether it is as it was. */
    boolean isStill(FileState found, long now) {
      if (found.equals(state)) {
        return true;
      }
      state = found;
      sinceNanos = now;
      return false;
    }

    /** To be looked at again after a while. */
    void later(long now, long nanos) {
      lookNanos = now + nanos;
    }
  }

  Candidates(int most) {
    this.most = most;
  }

  int size() {
    return byId.size();
  }

  boolean contains(String id) {
    return byId.containsKey(id);
  }

  /** Adds one; if there are too many, the last in the order is left out. */
  void add(Candidate candidate) {
    byId.put(candidate.id, candidate);
    inOrder.add(candidate);
    if (byId.size() > most) {
      remove(inOrder.last());
      leftOut = true;
    }
  }

  void remove(Candidate candidate) {
    byId.remove(candidate.id);
    inOrder.remove(candidate);
  }

  /** Whether some were left out since this was asked last. */
  boolean takeLeftOut() {
    boolean some = leftOut;
    leftOut = false;
    return some;
  }

  /** Those that are to be looked at now, in the order of publishing. */
  List<Candidate> due(long now) {
    List<Candidate> due = new ArrayList<>();
    for (Candidate candidate : inOrder) {
      if (now - candidate.lookNanos >= 0) {
        due.add(candidate);
      }
    }
    return due;
  }
}
