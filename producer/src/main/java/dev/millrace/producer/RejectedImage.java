package dev.millrace.producer;

import dev.millrace.schemas.Split;
import org.jspecify.annotations.Nullable;

/**
 * An image that dead letters tell of, in every epoch that it was in, as the newest of them has it.
 *
 * @param name the image's id; TOPIC-PARTITION@OFFSET of a record that could not be read
 * @param split train or validation, where known
 * @param letters number of its dead letters
 * @param firstEpoch the first epoch it was left out of, or -1
 * @param lastEpoch the last one, or -1
 * @param stage what failed
 * @param reason why, in at most 500 characters
 * @param source where its bytes were read
 * @param size length of the encoded image in bytes
 * @param kept whether the newest letter holds the encoded image
 * @param replayedInto the newest epoch it was published into again, or -1
 * @param offset of the newest letter
 */
public record RejectedImage(
    String name,
    @Nullable Split split,
    int letters,
    int firstEpoch,
    int lastEpoch,
    String stage,
    String reason,
    String source,
    long size,
    boolean kept,
    int replayedInto,
    long offset) {

  /** Whether it was published again since it was left out last. */
  public boolean isReplayed() {
    return replayedInto > lastEpoch;
  }
}
