package dev.millrace.producer;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.ImagePass;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.ClassLists;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a dataset: the class list, the validation images once, then the training images epoch
 * after epoch, each in its own order, with an {@link EpochEnd} behind every epoch in every
 * partition. Started again after any stop it publishes what is missing, nothing twice. One at a
 * time publishes to a partition: a second one stops the first. Keeps at most 20 files and 64 MiB of
 * unsent records in memory, and, where larger files are shrunk, one of those.
 */
public final class ImageProducer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageProducer.class);
  private static final Duration HOLD = Duration.ofMillis(20);

  private final ProducerOptions options;
  private final Topics topics;
  private final Map<String, Object> kafka;
  private final Dataset dataset;
  private final InstantSource clock;
  private volatile boolean stopping;
  private volatile int partitions;
  private final AtomicLong images = new AtomicLong();
  private final AtomicLong earlier = new AtomicLong();
  private long bytes;
  private final AtomicLong deadLetters = new AtomicLong();
  private final UnreadableLimit limit = new UnreadableLimit();
  private final SourceReader reader;

  /**
   * Prepares publishing; nothing happens before {@link #run}.
   *
   * @param dataset stays the caller's to close
   * @param kafka client properties, with bootstrap.servers
   * @param clock gives the records' times
   */
  public ImageProducer(
      ProducerOptions options,
      Topics topics,
      Map<String, Object> kafka,
      Dataset dataset,
      InstantSource clock) {
    this.options = options;
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.dataset = dataset;
    this.clock = clock;
    this.reader = new SourceReader(options.maxImageBytes(), options.shrinking());
  }

  /** Number of images published so far by this run. */
  public long published() {
    return images.get();
  }

  /** Number of images over the largest size that this run has published shrunk. */
  public long shrunkLarger() {
    return reader.shrunkLarger();
  }

  /**
   * How many images this run and those before it have passed, dead letters included; known for the
   * training images from when it comes to them.
   */
  public long passed() {
    return earlier.get() + images.get() + deadLetters.get();
  }

  /**
   * How many images there are to pass in all epochs together; -1 for without end, and as long as it
   * is not known how many of them are this producer's.
   */
  public long total() {
    int all = partitions;
    if (options.epochs() == 0 || all == 0) {
      return -1;
    }
    return options.share().images(dataset.size(Split.VALIDATION), all)
        + options.epochs() * options.share().images(dataset.size(Split.TRAIN), all);
  }

  /**
   * Publishes until the last epoch's end, or until {@link #close} is called.
   *
   * @throws PublishException if the topics hold another dataset or are not fit for this producer,
   *     or the brokers do not take records
   * @throws InterruptedException if the thread is interrupted
   */
  public ProducerSummary run() throws InterruptedException {
    try (Admin admin = Admin.create(kafka)) {
      partitions =
          new RequiredTopics(admin, topics, options.share(), options.maxAheadBytes()).check();
      ArrivalLog.requireNone(kafka, topics);
      publish(admin);
    } catch (InterruptException e) {
      Thread.interrupted(); // told by the exception
      throw (InterruptedException) new InterruptedException().initCause(e);
    }
    return new ProducerSummary(images.get(), bytes, deadLetters.get());
  }

  private void publish(Admin admin) throws InterruptedException {
    try (reader;
        RecordSender sender =
            RecordSender.forProducer(kafka, topics, options.share(), options.maxImageBytes())) {
      publishClasses(sender);
      publishValidation(admin, sender);
      publishTraining(admin, sender);
      sender.commit();
    }
  }

  /** Makes {@link #run} return soon; what was published stays and counts. */
  @Override
  public void close() {
    stopping = true;
  }

  private void publishClasses(RecordSender sender) {
    ClassList ours = ClassLists.of(dataset.synsets(), dataset.names(), clock.instant());
    Optional<ClassList> theirs = NewestClassList.read(kafka, topics.classes());
    if (theirs.isEmpty()) {
      sender.send(topics.classes(), 0, Topics.CLASSES_KEY, ours);
      sender.commit();
    } else if (!theirs.get().getId().equals(ours.getId())) {
      throw new PublishException(
          ("Cannot publish this dataset to topics \"%s\": they hold images of %d classes (%s), this"
                  + " dataset has %d (%s); use another --prefix or, with run, another --data-dir")
              .formatted(
                  topics.prefix(),
                  theirs.get().getClasses().size(),
                  abridged(theirs.get()),
                  ours.getClasses().size(),
                  abridged(ours)));
    }
  }

  private static String abridged(ClassList list) {
    List<String> first = list.getClasses().stream().limit(3).map(LabeledClass::getSynset).toList();
    return String.join(", ", first) + (list.getClasses().size() > 3 ? ", ..." : "");
  }

  private void publishValidation(Admin admin, RecordSender sender) throws InterruptedException {
    try (SplitStream stream = stream(admin, Split.VALIDATION)) {
      if (stream.before().firstEpoch() == 0) {
        publishEpoch(stream, 0, sender);
      }
    }
  }

  private void publishTraining(Admin admin, RecordSender sender) throws InterruptedException {
    try (SplitStream stream = stream(admin, Split.TRAIN)) {
      int first = stream.before().firstEpoch();
      for (int epoch = first;
          !stopping && (options.epochs() == 0 || epoch < options.epochs());
          epoch++) {
        if (options.share().isPart() && epoch > first) {
          sender.commit();
          published(Split.TRAIN); // the others', too, shall be of this dataset in this order
        }
        publishEpoch(stream, epoch, sender);
      }
    }
  }

  private SplitStream stream(Admin admin, Split split) throws InterruptedException {
    Published before = published(split);
    earlier.addAndGet(before.images(dataset.size(split)));
    return SplitStream.open(
        admin, kafka, topics, before, options.share().of(options.maxAheadBytes()));
  }

  private Published published(Split split) {
    Published published = Published.read(kafka, topics, split, options.share());
    published.check(dataset, options.seed());
    return published;
  }

  private void publishEpoch(SplitStream stream, int epoch, RecordSender sender)
      throws InterruptedException {
    IntPredicate wanted = sequence -> stream.before().lacks(epoch, sequence);
    int size = dataset.size(stream.split());
    ImagePass pass =
        dataset.readEpoch(stream.split(), options.seed(), epoch, options.maxSourceBytes(), wanted);
    ImageRecords records = new ImageRecords(stream.topic(), stream.split(), epoch, clock);
    try (ReadAhead ahead = new ReadAhead(pass, reader, records, wanted)) {
      while (ahead.hasNext()) {
        awaitNext(ahead, stream.flow(), sender);
        if (stopping) {
          return;
        }
        publish(ahead.next(), stream, records, sender);
      }
    }
    for (int partition : stream.before().own()) {
      if (!stream.before().hasEnd(partition, epoch)) {
        sender.send(
            stream.topic(),
            partition,
            "",
            new EpochEnd(stream.split(), epoch, (long) size, clock.instant()));
      }
    }
    sender.commitWhenDue();
    LOG.debug("Published epoch {} of {}: {} images", epoch, stream.topic(), size);
  }

  // Readers shall not wait for a transaction that itself waits for them, or for a slow disk.
  private void awaitNext(ReadAhead ahead, FlowControl flow, RecordSender sender)
      throws InterruptedException {
    sender.commitWhenDue();
    while (!stopping) {
      if (!flow.hasRoom()) {
        Thread.sleep(HOLD);
      } else if (ahead.awaitNext(HOLD)) {
        return;
      }
      sender.commitWhenDue();
    }
  }

  private void publish(
      ReadImage read, SplitStream stream, ImageRecords records, RecordSender sender) {
    if (read.failure() != null) {
      reject(read, read.failure(), records, sender);
      return;
    }
    int partition = read.sequence() % stream.before().partitions();
    stream.flow().sending(read.size());
    sender.sendEncoded(
        stream.topic(),
        partition,
        read.image().id(),
        records.value(read),
        offset -> stream.flow().sent(partition, offset, read.size()));
    images.incrementAndGet();
    bytes += read.size();
    limit.read();
  }

  private void reject(ReadImage read, String reason, ImageRecords records, RecordSender sender) {
    String text = "Cannot publish %s: %s".formatted(read.image().source(), reason);
    LOG.warn("{}; written to dead-letters", text);
    sender.send(topics.deadLetters(), 0, read.image().id(), deadLetter(read, records));
    deadLetters.incrementAndGet();
    if (limit.unreadable()) {
      throw new PublishException(
          ("Cannot go on publishing: at most half of the files may be dead letters, found %s; the"
                  + " latest: %s. Is the disk there? The same command goes on")
              .formatted(limit, text));
    }
  }

  private DeadLetter deadLetter(ReadImage read, ImageRecords records) {
    return DeadLetter.newBuilder()
        .setId(read.image().id())
        .setLabel(read.image().label())
        .setSplit(records.split())
        .setEpoch(records.epoch())
        .setSequence(read.sequence())
        .setSource(read.image().source())
        .setStage("read")
        .setReason(String.valueOf(read.failure()))
        .setTopic("")
        .setPartition(-1)
        .setOffset(-1)
        .setFailedAt(clock.instant())
        .setSize(read.size())
        .setBytes(ByteBuffer.allocate(0))
        .build();
  }
}
