package dev.millrace.dashboard.pictures;

import dev.millrace.schemas.Mistakes;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The latest 16 records of mistakes that were asked for. Safe for use by several threads. */
final class MistakesShelf {
  private static final int MOST = 16;

  private final MistakesReader reader;
  private final Readers readers;
  private final Map<Long, Mistakes> byOffset = new LinkedHashMap<>();

  MistakesShelf(MistakesReader reader, Readers readers) {
    this.reader = reader;
    this.readers = readers;
  }

  /**
   * A run's newest ones.
   *
   * @param offset of their record, or -1
   * @return null if there are none
   */
  @Nullable Mistakes newest(String run, long offset) {
    if (offset < 0) {
      return null;
    }
    synchronized (byOffset) {
      Mistakes known = byOffset.get(offset);
      if (known != null) {
        return known;
      }
    }
    Mistakes read =
        readers
            .read(consumer -> Optional.ofNullable(reader.read(consumer, run, offset)))
            .orElse(null);
    if (read != null) {
      synchronized (byOffset) {
        byOffset.put(offset, read);
        if (byOffset.size() > MOST) {
          byOffset.remove(byOffset.keySet().iterator().next());
        }
      }
    }
    return read;
  }

  /** Those of a step: a page may still show what is not the newest any more. */
  Optional<Mistakes> of(String run, long step, long newestOffset) {
    synchronized (byOffset) {
      for (Mistakes known : byOffset.values()) {
        if (known.getRun().equals(run) && known.getStep() == step) {
          return Optional.of(known);
        }
      }
    }
    return Optional.ofNullable(newest(run, newestOffset))
        .filter(newest -> newest.getStep() == step);
  }
}
