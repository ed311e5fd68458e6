package dev.millrace.pipeline.verify;

import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes a topic's records, each partition's in order. */
interface RecordSink {
  /** What follows in a partition begins at an offset: what was before it is deleted. */
  void begin(int partition, long offset);

  /** Takes a record; its value shares the fetch's memory. */
  void take(ConsumerRecord<ByteBuffer, ByteBuffer> record);
}
