package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.HeldBack;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Tells from what can be seen whether augmenters hold back, for they do not say: for ten seconds, a
 * partition of theirs has had images waiting and tensors that the slowest trainer has not taken, as
 * many at the end as at the beginning, and no more have been made than taken. Holds 64 looks at
 * most. For one thread.
 */
final class HoldBackJudge {
  private static final long LONGEST_NANOS = Duration.ofSeconds(11).toNanos();
  private static final long SHORTEST_NANOS = Duration.ofSeconds(4).toNanos();
  private static final int LEAST_LOOKS = 3;
  private static final int MOST_LOOKS = 64;

  // Tensors come, and are taken, about a second's worth at a time.
  private static final double MOST_CHANGE = 0.25;
  private static final double MOST_GAIN = 1.15;
  private static final long FEW = 2;

  private static final long KIB = 1L << 10;

  private final Deque<Look> looks = new ArrayDeque<>();

  /**
   * What was seen of the training images at one look.
   *
   * @param members threads that augment; -1 if that may not be seen
   * @param stable whether they have their partitions
   * @param waiting images that wait for augmenters, by partition
   * @param made tensors made since the first look, by partition
   * @param ahead tensors that the slowest trainer has not taken, by partition
   * @param taken tensors that it has taken since the first look, by partition
   * @param slowest the run that is slowest; null if none that reads tensors is there
   * @param tensorBytes length of a tensor; 0 if none was seen
   */
  record Look(
      long nanos,
      int members,
      boolean stable,
      List<Long> waiting,
      List<Long> made,
      List<Long> ahead,
      List<Long> taken,
      @Nullable String slowest,
      double tensorBytes) {
    Look {
      waiting = List.copyOf(waiting);
      made = List.copyOf(made);
      ahead = List.copyOf(ahead);
      taken = List.copyOf(taken);
    }

    long aheadBytes() {
      return Math.round(Behind.sum(ahead) * tensorBytes);
    }
  }

  /** Nothing can be said: earlier looks tell nothing any more, either. */
  HeldBack unknown(String why) {
    looks.clear();
    return new HeldBack(false, "Not known: " + why, List.of(), null, null, null);
  }

  /**
   * Judges a look.
   *
   * @param waits whether training waits for data
   */
  HeldBack on(Look now, boolean waits) {
    Look before = looks.peekLast();
    if (before != null && before.ahead.size() != now.ahead.size()) {
      looks.clear();
    }
    looks.add(now);
    while (looks.size() > MOST_LOOKS || now.nanos - looks.getFirst().nanos > LONGEST_NANOS) {
      looks.removeFirst();
    }
    List<Integer> held = new ArrayList<>();
    boolean enough =
        looks.size() >= LEAST_LOOKS && now.nanos - looks.getFirst().nanos >= SHORTEST_NANOS;
    for (int p = 0; p < now.ahead.size(); p++) {
      if (enough && !waits && now.members > 0 && isHeld(p)) {
        held.add(p);
      }
    }
    return new HeldBack(
        !held.isEmpty(),
        text(now, !held.isEmpty()),
        held,
        now.aheadBytes(),
        null,
        held.isEmpty() ? null : now.slowest);
  }

  private boolean isHeld(int p) {
    Look first = looks.getFirst();
    Look last = looks.getLast();
    if (looks.stream().anyMatch(look -> look.waiting.get(p) == 0 || look.ahead.get(p) == 0)) {
      return false;
    }
    long least = ahead(p).min().orElse(0);
    long most = ahead(p).max().orElse(0);
    long made = last.made.get(p) - first.made.get(p);
    long taken = last.taken.get(p) - first.taken.get(p);
    return most - least <= Math.max(FEW, MOST_CHANGE * most) && made <= MOST_GAIN * taken + FEW;
  }

  private LongStream ahead(int p) {
    return looks.stream().mapToLong(look -> look.ahead.get(p));
  }

  private static String text(Look now, boolean held) {
    if (now.members == 0) {
      return "No augmenter runs";
    }
    if (!now.stable && now.members > 0) {
      return "Augmenters are sharing out their partitions";
    }
    String ahead = size(now.aheadBytes());
    String whose =
        now.slowest == null
            ? "%s of tensors are there that no run reads".formatted(ahead)
            : "%s of tensors wait for run %s".formatted(ahead, now.slowest);
    return held
        ? "Augmenters hold back: images wait, %s, and no more are made than taken".formatted(whose)
        : "Augmenters do not hold back: %s".formatted(whose);
  }

  private static String size(long bytes) {
    if (bytes < KIB) {
      return bytes + " B";
    }
    double size = bytes;
    String unit = "";
    for (String next : List.of("KiB", "MiB", "GiB", "TiB")) {
      if (size < KIB) {
        break;
      }
      size /= KIB;
      unit = next;
    }
    return String.format(Locale.ROOT, "%.1f %s", size, unit);
  }
}
