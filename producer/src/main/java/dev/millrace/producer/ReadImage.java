package dev.millrace.producer;

import dev.millrace.producer.dataset.LabeledImage;
import org.jspecify.annotations.Nullable;

/**
 * An image and its bytes, or why there are none.
 *
 * @param bytes room for the other fields of its record, then the bytes as they are published
 * @param room free bytes before them
 * @param size number of bytes that are published; of one that failed, the file's, or -1 when even
 *     that is not known
 * @param failure null when it was read
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record ReadImage(
    int sequence, LabeledImage image, byte[] bytes, int room, long size, @Nullable String failure) {
  static ReadImage failed(int sequence, LabeledImage image, long size, String reason) {
    return new ReadImage(sequence, image, new byte[0], 0, size, reason);
  }
}
