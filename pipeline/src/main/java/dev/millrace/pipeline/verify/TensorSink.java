package dev.millrace.pipeline.verify;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensorView;
import dev.millrace.schemas.Topic;
import java.nio.ByteBuffer;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;

/** Enters tensors in a split's books; reads their headers in place. */
final class TensorSink implements RecordSink {
  private final Topic<SpecificRecord> topic;
  private final SplitLedger ledger;
  private final Findings findings;

  TensorSink(Topic<SpecificRecord> topic, SplitLedger ledger, Findings findings) {
    this.topic = topic;
    this.ledger = ledger;
    this.findings = findings;
  }

  @Override
  public void begin(int partition, long offset) {
    ledger.partition(partition).beginTensors(offset);
  }

  @Override
  public void take(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    try {
      read(record);
    } catch (SerializationException | ClassCastException e) {
      findings.add(
          "Unreadable: %s: %s"
              .formatted(
                  ledger.partition(record.partition()).tensors().at(record.offset()),
                  e.getMessage()));
    }
  }

  private void read(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    ByteBuffer value = record.value();
    if (value == null) {
      throw new SerializationException("the record has no value");
    }
    if (ImageTensorView.isImageTensor(value)) {
      ImageTensorView tensor = ImageTensorView.of(value);
      ledger
          .partition(record.partition())
          .tensor(record.offset(), tensor.epoch(), tensor.sequence());
    } else {
      EpochEnd end =
          (EpochEnd)
              topic.serde().deserializer().deserialize(topic.name(), record.headers(), value);
      ledger.tensorsEnd(record.partition(), record.offset(), end.getEpoch(), end.getImages());
    }
  }
}
