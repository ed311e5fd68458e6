package dev.millrace.trainer;

import dev.millrace.schemas.DeadLetter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Dead letters that wait to be published with the checkpoint that covers their images, and so
 * appear exactly once. Holds {@link #MOST_BYTES} of images; letters beyond that lose their bytes.
 * For one thread.
 */
final class PendingLetters {
  static final long MOST_BYTES = 16L << 20;
  static final int MOST_LETTERS = 100_000;

  private final List<DeadLetter> letters = new ArrayList<>();
  private long bytes;

  /**
   * Adds one.
   *
   * @throws BrokenStreamException if there are too many since the last checkpoint
   */
  void add(DeadLetter letter) {
    if (letters.size() >= MOST_LETTERS) {
      throw new BrokenStreamException(
          ("Cannot go on: %,d images of topic %s became dead letters since the last checkpoint; the"
                  + " latest, %s-%d@%d: %s. Mend the dataset")
              .formatted(
                  letters.size(),
                  letter.getTopic(),
                  letter.getTopic(),
                  letter.getPartition(),
                  letter.getOffset(),
                  letter.getReason()));
    }
    int more = letter.getBytes().remaining();
    if (bytes + more > MOST_BYTES) {
      letter.setBytes(ByteBuffer.allocate(0)); // its size still tells how many there were
    } else {
      bytes += more;
    }
    letters.add(letter);
  }

  void addAll(List<DeadLetter> others) {
    others.forEach(this::add);
  }

  /** Whether it is time for a checkpoint on their account. */
  boolean areMany() {
    return bytes >= MOST_BYTES / 2 || letters.size() >= MOST_LETTERS / 10;
  }

  /** Takes all of them, in the order in which they were added. */
  List<DeadLetter> take() {
    List<DeadLetter> taken = List.copyOf(letters);
    letters.clear();
    bytes = 0;
    return taken;
  }
}
