package dev.millrace.producer;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;

/** One split's way out: where its next image goes, and whether there is room for it. */
final class ArrivalLane implements AutoCloseable {
  private static final long USUAL_IMAGE_BYTES = 110_000;

  private final Split split;
  private final Topic<SpecificRecord> topic;
  private final int partitions;
  private final FlowControl flow;
  private ArrivalPlace place;

  private ArrivalLane(
      Split split,
      Topic<SpecificRecord> topic,
      int partitions,
      FlowControl flow,
      ArrivalPlace place) {
    this.split = split;
    this.topic = topic;
    this.partitions = partitions;
    this.flow = flow;
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
    Topic<SpecificRecord> topic = topics.images(split);
    ArrivalPlace place = ArrivalPlace.behind(before.positions(), tail, topic);
    int partitions = before.partitions();
    FlowControl flow =
        new FlowControl(
            admin,
            new ImageReaders(admin, kafka, topics, split, partitions),
            topic.name(),
            before.own(),
            maxAheadBytes);
    flow.countEarlier(before, USUAL_IMAGE_BYTES);
    return new ArrivalLane(split, topic, partitions, flow, place);
  }

  Split split() {
    return split;
  }

  Topic<SpecificRecord> topic() {
    return topic;
  }

  int partitions() {
    return partitions;
  }

  FlowControl flow() {
    return flow;
  }

  /** Where the next image goes. */
  ArrivalPlace place() {
    return place;
  }

  /** The partition of the next image. */
  int partition() {
    return (int) (place.sequence() % partitions);
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
    flow.close();
  }
}
