package dev.millrace.producer;

import dev.millrace.producer.arrivals.ArrivalQueue;
import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A broker and a producer for uploads, and what is in its images topic. */
public final class TestUploads implements AutoCloseable {
  private static final int PARTITIONS = 3;

  private final @Nullable TestBroker own;
  private final TestBroker broker;
  private final TestIngestion ingestion;
  private final ImageReader train;

  /** With a broker of its own. */
  public TestUploads(Path directory, String prefix, ContinuousOptions options) throws Exception {
    this(new TestBroker(directory), true, prefix, options);
  }

  /** With the broker of another. */
  public TestUploads(TestUploads other, String prefix, ContinuousOptions options) throws Exception {
    this(other.broker, false, prefix, options);
  }

  private TestUploads(TestBroker broker, boolean owned, String prefix, ContinuousOptions options)
      throws Exception {
    this.own = owned ? broker : null;
    this.broker = broker;
    Topics topics = broker.create(prefix, PARTITIONS);
    this.ingestion = new TestIngestion(options, topics, broker.kafka()).open();
    this.train = new ImageReader(broker, topics, Split.TRAIN, PARTITIONS);
  }

  public ArrivalQueue queue() {
    return ingestion.queue;
  }

  /** The id of the image at a sequence, as a reader of committed records sees it now. */
  public synchronized String published(long sequence) {
    return train.pollAll().images().stream()
        .filter(image -> image.getSequence() == sequence)
        .map(Image::getId)
        .findFirst()
        .orElse("");
  }

  /** The ids of a class's images. */
  public synchronized List<String> idsOf(String synset) {
    return train.pollAll().images().stream()
        .filter(image -> image.getSynset().equals(synset))
        .map(Image::getId)
        .toList();
  }

  /** Number of images in the topic. */
  public synchronized long count() {
    return train.pollAll().images().size();
  }

  /** Publishes images of so many bytes, and waits until the producer holds back for that. */
  public void fill(int bytes) throws Exception {
    int filled = 0;
    for (int i = 0; filled < bytes; i++) {
      IncomingImage image = TestIngestion.image("fill/" + i, "cat", i);
      filled += image.bytes().length;
      ingestion.queue.put(image);
    }
    TestBroker.await("holding back", ingestion.queue::isPaused);
  }

  /** Is done with what is there, as the augmenters are, until images are taken again. */
  public synchronized void acknowledge() throws Exception {
    TestBroker.await(
        "taking images again",
        () -> {
          train.pollAll().acknowledge();
          return !ingestion.queue.isPaused();
        });
  }

  @Override
  public void close() {
    ingestion.close();
    train.close();
    if (own != null) {
      own.close();
    }
  }
}
