package dev.millrace.trainer;

import dev.millrace.schemas.DeadLetter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the record of a tensors topic out of one of an images topic: the same bytes, but for the
 * time, as an augmenter would have published. Not for several threads.
 */
public interface TensorMaker extends AutoCloseable {
  /** What became of a record. */
  sealed interface Made {
    /**
     * The value that the tensors topic would hold: a tensor, or an epoch's end.
     *
     * @param value the caller's from now on
     */
    record Value(ByteBuffer value) implements Made {}

    /**
     * Nothing could be made of it.
     *
     * @param letter says what and why
     */
    record Failed(DeadLetter letter) implements Made {}
  }

  /**
   * Makes it. A bad image is an outcome like another.
   *
   * @param value the image's record, or null where it has none
   * @param topic its topic
   * @param partition its partition
   * @param offset its offset
   * @throws RuntimeException if no further image is to be taken, as when too many of them are bad
   */
  Made make(byte @Nullable [] value, String topic, int partition, long offset);

  /** Frees what it holds. */
  @Override
  void close();
}
