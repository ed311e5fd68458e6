package dev.millrace.producer;

import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Arrays;
import org.apache.avro.specific.SpecificRecord;

/**
 * The records' values of one epoch's images. An image's bytes are the last field of its record, and
 * by far the longest: so a file is read behind room for the other fields, and its bytes are not
 * copied once more.
 *
 * @param topic where they go
 * @param clock gives the records' times
 */
record ImageRecords(Topic<SpecificRecord> topic, Split split, int epoch, InstantSource clock) {
  /** All of a record's value that stands before its image's bytes. */
  byte[] head(LabeledImage image, int sequence, int length) {
    Image empty =
        new Image(
            image.id(),
            image.label(),
            image.synset(),
            split,
            epoch,
            (long) sequence,
            image.source(),
            clock.instant(),
            ByteBuffer.allocate(0));
    byte[] value = topic.serde().serializer().serialize(topic.name(), empty);
    return withLength(value, length);
  }

  // The last byte is the length of no bytes; a length is twice itself, seven bits a byte, the
  // lowest first (Avro's specification, "Binary Encoding").
  private static byte[] withLength(byte[] value, int length) {
    byte[] head = Arrays.copyOf(value, value.length + Long.BYTES);
    int end = value.length - 1;
    long rest = 2L * length;
    while (rest > 127) {
      head[end++] = (byte) ((rest & 127) | 128);
      rest >>>= 7;
    }
    head[end++] = (byte) rest;
    return Arrays.copyOf(head, end);
  }

  /** A record's value, as of now; made in the array that the image was read into, if it fits. */
  byte[] value(ReadImage read) {
    int length = read.bytes().length - read.room();
    byte[] head = head(read.image(), read.sequence(), length);
    byte[] value = read.bytes();
    if (head.length != read.room()) {
      value = Arrays.copyOf(head, Math.addExact(head.length, length));
      System.arraycopy(read.bytes(), read.room(), value, head.length, length);
    }
    System.arraycopy(head, 0, value, 0, head.length);
    return value;
  }
}
