package dev.millrace.producer;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;

/**
 * One split's way out.
 *
 * @param topic its images topic
 * @param before what earlier producers have published
 * @param flow holds back; closed with this
 */
record SplitStream(Split split, Topic<SpecificRecord> topic, Published before, FlowControl flow)
    implements AutoCloseable {
  private static final long USUAL_IMAGE_BYTES = 110_000;

  /** Counts what earlier producers left that readers have not done yet. */
  static SplitStream open(
      Admin admin, Map<String, Object> kafka, Topics topics, Published before, long maxAheadBytes)
      throws InterruptedException {
    Split split = before.split();
    FlowControl flow =
        new FlowControl(
            admin,
            new ImageReaders(admin, kafka, topics, split, before.partitions()),
            topics.images(split).name(),
            before.own(),
            maxAheadBytes);
    flow.countEarlier(before, USUAL_IMAGE_BYTES);
    return new SplitStream(split, topics.images(split), before, flow);
  }

  @Override
  public void close() {
    flow.close();
  }
}
