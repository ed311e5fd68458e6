package dev.millrace.augmenter;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensor;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Collects what readers of committed records see on a tensors topic, by partition. */
final class TensorReader implements AutoCloseable {
  private final Consumer<String, SpecificRecord> consumer;
  private final List<List<String>> seen = new ArrayList<>();
  private int tensors;
  private int epochEnds;

  TensorReader(TestBroker broker, Topics topics, Split split, int partitions) {
    consumer = broker.reader(topics.tensors(split), partitions);
    for (int p = 0; p < partitions; p++) {
      seen.add(new ArrayList<>());
    }
  }

  /** Reads what there is; waits a little when there is nothing. */
  TensorReader poll() {
    for (ConsumerRecord<String, SpecificRecord> record : consumer.poll(Duration.ofMillis(20))) {
      List<String> partition = seen.get(record.partition());
      switch (record.value()) {
        case ImageTensor tensor -> {
          partition.add(tensor.getEpoch() + ":" + tensor.getSequence());
          tensors++;
        }
        case EpochEnd end -> {
          partition.add(end.getEpoch() + ":end");
          epochEnds++;
        }
        default -> throw new AssertionError("Not a tensor: " + record.value());
      }
    }
    return this;
  }

  int tensors() {
    return tensors;
  }

  int epochEnds() {
    return epochEnds;
  }

  /** What was read, as texts EPOCH:SEQUENCE and EPOCH:end, partition by partition, in order. */
  List<List<String>> seen() {
    return seen;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
