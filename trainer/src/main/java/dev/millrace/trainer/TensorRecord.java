package dev.millrace.trainer;

import dev.millrace.schemas.DeadLetter;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a feed holds at one offset. */
sealed interface TensorRecord {
  /** Length of the value that was read, in bytes. */
  int bytes();

  /**
   * A value as tensors topics hold it.
   *
   * @param record the value, and where it was read
   */
  record Value(ConsumerRecord<String, ByteBuffer> record, int bytes) implements TensorRecord {}

  /**
   * An image of which no tensor could be made.
   *
   * @param letter says what and why
   */
  record Failed(DeadLetter letter, int bytes) implements TensorRecord {}
}
