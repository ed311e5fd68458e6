package dev.millrace.dashboard.pictures;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * The latest three looks at what trainers are fed, of which there is one in five seconds at most.
 * Safe for use by several threads.
 */
final class Looks {
  private static final int KEPT = 3;
  private static final long BETWEEN_MILLIS = 5_000;

  private final InstantSource clock;
  private final Deque<Feeding> newestFirst = new ArrayDeque<>();
  private boolean looking;

  Looks(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The newest look: a new one if the last one is old and nobody else is looking.
   *
   * @param look looks; may fail with the brokers' exceptions
   */
  Feeding newest(Supplier<Feeding> look) {
    synchronized (newestFirst) {
      Feeding newest = newestFirst.peekFirst();
      if (newest != null && (looking || clock.millis() - newest.at() < BETWEEN_MILLIS)) {
        return newest;
      }
      looking = true;
    }
    Feeding found;
    try {
      found = look.get();
    } catch (KafkaException | PicturesBusyException e) {
      found =
          new Feeding(
              clock.millis(),
              List.of(),
              "The newest tensors cannot be read now: " + e.getMessage());
    } finally {
      synchronized (newestFirst) {
        looking = false;
      }
    }
    synchronized (newestFirst) {
      newestFirst.addFirst(found);
      if (newestFirst.size() > KEPT) {
        newestFirst.removeLast();
      }
    }
    return found;
  }

  /**
   * A picture of one of the looks.
   *
   * @param at when it was
   */
  Optional<byte[]> png(long at, int index) {
    @Nullable Feeding of = null;
    synchronized (newestFirst) {
      for (Feeding look : newestFirst) {
        of = look.at() == at ? look : of;
      }
    }
    return of != null && index >= 0 && index < of.images().size()
        ? Optional.of(of.images().get(index).png())
        : Optional.empty();
  }
}
