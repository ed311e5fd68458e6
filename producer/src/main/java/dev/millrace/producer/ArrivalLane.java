package dev.millrace.producer;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;

/** One split's way out, and where its next image goes. For one thread. */
final class ArrivalLane implements AutoCloseable {
  private final SplitStream stream;
  private ArrivalPlace place;

  private ArrivalLane(SplitStream stream, ArrivalPlace place) {
    this.stream = stream;
    this.place = place;
  }

  /**
   * Goes on behind what there is; nobody else may publish meanwhile.
   *
   * @throws PublishException if the topic does not end as the arrivals say
   */
  static ArrivalLane open(
      Admin admin,
      Map<String, Object> kafka,
      Topics topics,
      Split split,
      ArrivalTail tail,
      long maxAheadBytes)
      throws InterruptedException {
    Published before = Published.read(kafka, topics, split, ProducerShare.WHOLE);
    ArrivalPlace place = ArrivalPlace.behind(before.positions(), tail, topics.images(split));
    return new ArrivalLane(SplitStream.open(admin, kafka, topics, before, maxAheadBytes), place);
  }

  Topic<SpecificRecord> topic() {
    return stream.topic();
  }

  int partitions() {
    return stream.before().partitions();
  }

  FlowControl flow() {
    return stream.flow();
  }

  /** Where the next image goes. */
  ArrivalPlace place() {
    return place;
  }

  /** The partition of the next image. */
  int partition() {
    return (int) (place.sequence() % partitions());
  }

  /** The place is taken. */
  void advance() {
    place = new ArrivalPlace(place.epoch(), place.sequence() + 1);
  }

  /** The next image begins another epoch. */
  void nextEpoch() {
    place = new ArrivalPlace(place.epoch() + 1, 0);
  }

  @Override
  public void close() {
    stream.close();
  }
}
