package dev.millrace.dashboard.history;

import org.jspecify.annotations.Nullable;

/**
 * A dead letter without its bytes. Texts are cut to 500 characters.
 *
 * @param offset its place in the topic of dead letters
 * @param id the image's
 * @param label its class index, -1 where unknown
 * @param className the class's name, or null where unknown
 * @param split train or validation, or null where unknown
 * @param epoch the image's, -1 where unknown
 * @param sequence the image's, -1 where unknown
 * @param source where the bytes were read
 * @param stage what failed
 * @param reason what was wrong
 * @param topic of the record that failed, or empty
 * @param partition of the record that failed, or -1
 * @param recordOffset of the record that failed, or -1
 * @param failedAt when, in epoch milliseconds
 * @param size length of the encoded image
 */
public record LetterView(
    long offset,
    String id,
    int label,
    @Nullable String className,
    @Nullable String split,
    int epoch,
    long sequence,
    String source,
    String stage,
    String reason,
    String topic,
    int partition,
    long recordOffset,
    long failedAt,
    long size) {
  LetterView named(@Nullable String name) {
    return new LetterView(
        offset,
        id,
        label,
        name,
        split,
        epoch,
        sequence,
        source,
        stage,
        reason,
        topic,
        partition,
        recordOffset,
        failedAt,
        size);
  }
}
