package dev.millrace.pipeline.verify;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enters images in a split's books. What is no image of the split is none of its sequences: an
 * augmenter writes a dead letter for it.
 */
final class ImageSink implements RecordSink {
  private static final Logger LOG = LoggerFactory.getLogger(ImageSink.class);

  private final Topic<SpecificRecord> topic;
  private final Split split;
  private final SplitLedger ledger;

  ImageSink(Topic<SpecificRecord> topic, Split split, SplitLedger ledger) {
    this.topic = topic;
    this.split = split;
    this.ledger = ledger;
  }

  @Override
  public void begin(int partition, long offset) {
    ledger.partition(partition).beginImages(offset);
  }

  @Override
  public void take(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    int partition = record.partition();
    long offset = record.offset();
    try {
      switch (read(record)) {
        case Image image when image.getSplit() == split ->
            ledger.partition(partition).image(offset, image.getEpoch(), image.getSequence());
        case EpochEnd end -> ledger.imagesEnd(partition, offset, end.getEpoch(), end.getImages());
        case SpecificRecord other ->
            LOG.debug(
                "Left out {}-{}@{}: no image of this split, but {}",
                topic,
                partition,
                offset,
                other.getSchema().getName());
      }
    } catch (SerializationException e) {
      LOG.debug("Left out {}-{}@{}: cannot be read", topic, partition, offset, e);
    }
  }

  private SpecificRecord read(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    if (record.value() == null) {
      throw new SerializationException("the record has no value");
    }
    return topic.serde().deserializer().deserialize(topic.name(), record.headers(), record.value());
  }
}
