package dev.millrace.trainer.flow;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Whether training waits for data, and for whom.
 *
 * @param shortage which part is short
 * @param waitShare share of the latest seconds, from 0 to 1, that training waited
 * @param since when it began to wait; null if it does not
 * @param augmenterThreads threads that augment, where known
 * @param moreThreads so many more augmenter threads would help; 0 unless augmenters are short
 * @param enough whether those would end the waiting; if not, there are no partitions for more
 * @param partitions partitions of the stream
 */
public record Verdict(
    Shortage shortage,
    double waitShare,
    @Nullable Instant since,
    OptionalInt augmenterThreads,
    int moreThreads,
    boolean enough,
    int partitions) {
  /** Training does not wait, or nothing is known yet. */
  public static final Verdict NONE =
      new Verdict(Shortage.NONE, 0, null, OptionalInt.empty(), 0, true, 0);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  /**
   * Judges a situation.
   *
   * @param now its time
   * @param before the verdict on the one before
   */
  static Verdict on(Situation situation, Instant now, Verdict before) {
    Shortage shortage = situation.shortage();
    if (shortage == Shortage.NONE) {
      return NONE;
    }
    long wanted = shortage == Shortage.AUGMENTERS ? situation.wantedThreads() : 0;
    int room = situation.roomForThreads();
    return new Verdict(
        shortage,
        situation.waitShare(),
        before.since == null ? now : before.since,
        situation.augmenterThreads(),
        (int) Math.min(wanted, room),
        wanted <= room,
        situation.partitions());
  }

  /** The same with another share; none stays none. */
  Verdict withShare(double share) {
    if (shortage == Shortage.NONE) {
      return this;
    }
    return new Verdict(shortage, share, since, augmenterThreads, moreThreads, enough, partitions);
  }

  /** Whether both say the same but for the share of the time. */
  public boolean isLike(Verdict other) {
    return shortage == other.shortage
        && moreThreads == other.moreThreads
        && enough == other.enough
        && augmenterThreads.equals(other.augmenterThreads);
  }

  /** The verdict in words, in a sentence without a full stop; empty if training does not wait. */
  public String sentence(ZoneId zone) {
    Instant from = since;
    if (from == null) {
      return "";
    }
    return "training waits %.0f%% of the time for tensors since %s; %s"
        .formatted(100 * waitShare, TIME.withZone(zone).format(from), remedy());
  }

  private String remedy() {
    return switch (shortage) {
      case NONE -> "";
      case PRODUCERS ->
          augmenterThreads.orElse(0) > 0
              ? "images come too slowly: the augmenters wait for the producer"
              : "images come too slowly: no image waits for an augmenter";
      case READING ->
          "they are there, but reading them is too slow: more --fetch-threads, a faster network or"
              + " faster brokers would end it";
      case AUGMENT_THREADS -> "images wait: more --augment-threads would end it";
      case AUGMENTERS -> augmenters();
    };
  }

  private String augmenters() {
    if (augmenterThreads.isEmpty()) {
      return "images wait: more augmenter threads would end it";
    }
    if (augmenterThreads.getAsInt() == 0) {
      return "images wait, but no augmenter runs";
    }
    String threads =
        "%d more augmenter thread%s".formatted(moreThreads, moreThreads == 1 ? "" : "s");
    if (enough) {
      return threads + " would end it";
    }
    return moreThreads == 0
        ? "each of the %d partitions has its augmenter thread: faster processors would end it, or a stream of more partitions"
            .formatted(partitions)
        : "%s would help, and %d partitions allow no more".formatted(threads, partitions);
  }
}
