package dev.millrace.trainer;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * The training minibatches of a feed in plain memory, read as a trainer reads them but trained on
 * by nobody: what a trainer does besides its steps, to be measured or looked at. For one thread.
 */
public final class MinibatchStream implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);

  /** Records of a partition that stay, as they do until a trainer's next checkpoint. */
  private static final long KEPT = 200;

  private final Admin admin;
  private final String topic;
  private final MinibatchReader<Memory> reader;

  /** A minibatch's memory. */
  private static final class Memory implements MinibatchMemory {
    private final ByteBuffer images;
    private final int[] labels;

    Memory(int images, int bytesAnImage) {
      this.images = ByteBuffer.allocateDirect(images * bytesAnImage);
      this.labels = new int[images];
    }

    @Override
    public ByteBuffer images() {
      return images;
    }

    @Override
    public void label(int image, String id, int label) {
      labels[image] = label;
    }

    @Override
    public void full(int number) {
      // there is no device to bring them to
    }
  }

  /**
   * Begins to read at the topic's beginning.
   *
   * @param kafka client properties, with bootstrap.servers
   * @param size height and width of a tensor in pixels
   * @param minibatchSize images in a minibatch
   * @throws KafkaException if the topic does not exist or the brokers do not answer
   */
  public MinibatchStream(
      Feed feed, Topics topics, Map<String, Object> kafka, int size, int minibatchSize)
      throws InterruptedException {
    KafkaClients clients = new KafkaClients(kafka, topics.prefix() + "-minibatches");
    TensorCheck check = new TensorCheck(Split.TRAIN, size, Integer.MAX_VALUE);
    this.admin = clients.admin();
    this.topic = feed.topic(topics, Split.TRAIN).name();
    TensorStreams streams = new TensorStreams(clients, admin, topics, feed, LONGEST_WAIT);
    SortedMap<Integer, Long> begin = streams.beginning(Split.TRAIN);
    TensorSequence tensors =
        streams.from(
            List.of(clients.tensors(begin.size())),
            StreamPosition.beginning(begin),
            begin,
            check,
            null);
    this.reader =
        new MinibatchReader<>(
                "minibatch-stream",
                tensors,
                new MinibatchAssembler(tensors, minibatchSize, check.bytes(), new PendingLetters()),
                0,
                List.of(
                    new Memory(minibatchSize, check.bytes()),
                    new Memory(minibatchSize, check.bytes())))
            .start();
  }

  /**
   * Waits for the next minibatch and lets go of it.
   *
   * @param deleting whether to delete the records read so far, but for the newest
   * @return its images, and the sequences that were passed over before it
   * @throws StalledStreamException if nothing comes for two minutes
   */
  public int next(boolean deleting) throws InterruptedException {
    Minibatch<Memory> minibatch = null;
    while (minibatch == null) {
      minibatch = reader.take(Duration.ofSeconds(1));
    }
    if (deleting) {
      Map<TopicPartition, RecordsToDelete> read = new HashMap<>();
      minibatch
          .begin()
          .offsets()
          .forEach((partition, offset) ->
              read.put(
                  new TopicPartition(topic, partition),
                  RecordsToDelete.beforeOffset(Math.max(0, offset - KEPT))));
      var _ = admin.deleteRecords(read); // the next one deletes what this one failed to
    }
    int images = minibatch.images() + (int) minibatch.passedOver().missing();
    reader.recycle(minibatch);
    return images;
  }

  @Override
  public void close() {
    reader.close();
    admin.close();
  }
}
