package dev.millrace.producer;

import dev.millrace.producer.ReadAhead.ReadImage;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.ClassLists;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a dataset: the class list, the validation images once, then the training images epoch
 * after epoch, each in its own order, with an {@link EpochEnd} behind every epoch in every
 * partition. Started again after any stop it publishes what is missing, nothing twice. Keeps at
 * most 16 files and 64 MiB of unsent records in memory.
 */
public final class ImageProducer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageProducer.class);
  private static final long HOLD_MILLIS = 20;
  private static final long USUAL_IMAGE_BYTES = 110_000;

  private final ProducerOptions options;
  private final Topics topics;
  private final Map<String, Object> kafka;
  private final Dataset dataset;
  private final InstantSource clock;
  private volatile boolean stopping;
  private final AtomicLong images = new AtomicLong();
  private long bytes;
  private long deadLetters;

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
  }

  /** Number of images published so far by this run. */
  public long published() {
    return images.get();
  }

  /**
   * Publishes until the last epoch's end, or until {@link #close} is called.
   *
   * @throws PublishException if the topics hold another dataset, or the brokers do not take records
   * @throws InterruptedException if the thread is interrupted
   */
  public ProducerSummary run() throws InterruptedException {
    try (Admin admin = Admin.create(kafka);
        RecordSender sender = new RecordSender(kafka, options.maxImageBytes())) {
      publishClasses(sender);
      publishValidation(admin, sender);
      publishTraining(admin, sender);
      sender.flush();
    }
    return new ProducerSummary(images.get(), bytes, deadLetters);
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
      sender.flush();
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
    Stream stream = stream(admin, Split.VALIDATION);
    if (stream.resume().firstEpoch() == 0) {
      publishEpoch(stream, 0, sender);
    }
  }

  private void publishTraining(Admin admin, RecordSender sender) throws InterruptedException {
    Stream stream = stream(admin, Split.TRAIN);
    int first = stream.resume().firstEpoch();
    for (int epoch = first;
        !stopping && (options.epochs() == 0 || epoch < options.epochs());
        epoch++) {
      publishEpoch(stream, epoch, sender);
    }
  }

  /** One split's way out. */
  private record Stream(
      Split split, Topic<SpecificRecord> topic, Positions resume, FlowControl flow) {
    int partitions() {
      return resume.partitions().size();
    }
  }

  private Stream stream(Admin admin, Split split) throws InterruptedException {
    Topic<SpecificRecord> topic = topics.images(split);
    Positions resume = LastRecords.read(kafka, topic);
    checkSameSize(topic, resume, split);
    FlowControl flow =
        new FlowControl(
            admin,
            topics.prefix() + "-augmenter",
            topic.name(),
            resume.partitions().size(),
            options.maxAheadBytes());
    flow.countEarlier(USUAL_IMAGE_BYTES);
    return new Stream(split, topic, resume, flow);
  }

  private void checkSameSize(Topic<SpecificRecord> topic, Positions resume, Split split) {
    for (Positions.Position newest : resume.partitions()) {
      boolean larger = newest.images() >= 0 && newest.images() != dataset.size(split);
      boolean beyond =
          newest.sequence() != Positions.END && newest.sequence() >= dataset.size(split);
      if (larger || beyond) {
        throw new PublishException(
            ("Cannot go on publishing to %s: it holds epochs of another number of %s images than"
                    + " this dataset's %d; use the same data as before, or another --prefix")
                .formatted(
                    topic.name(), split.name().toLowerCase(Locale.ROOT), dataset.size(split)));
      }
    }
  }

  private void publishEpoch(Stream stream, int epoch, RecordSender sender)
      throws InterruptedException {
    int[] order = dataset.order(stream.split, options.seed(), epoch);
    try (ReadAhead ahead =
        new ReadAhead(
            dataset,
            stream.split,
            order,
            options.maxImageBytes(),
            sequence ->
                !stream.resume.isPublished(sequence % stream.partitions(), epoch, sequence))) {
      while (ahead.hasNext()) {
        awaitRoom(stream.flow);
        if (stopping) {
          return;
        }
        publish(ahead.next(), stream, epoch, sender);
      }
    }
    for (int partition = 0; partition < stream.partitions(); partition++) {
      if (!stream.resume.isPublished(partition, epoch, Positions.END)) {
        sender.send(
            stream.topic,
            partition,
            "",
            new EpochEnd(stream.split, epoch, (long) order.length, clock.instant()));
      }
    }
    LOG.debug("Published epoch {} of {}: {} images", epoch, stream.topic, order.length);
  }

  private void publish(ReadImage read, Stream stream, int epoch, RecordSender sender) {
    if (read.failure() != null) {
      LOG.warn("Cannot publish {}: {}; it is a dead letter", read.image().source(), read.failure());
      sender.send(topics.deadLetters(), 0, read.image().id(), deadLetter(read, stream, epoch));
      deadLetters++;
      return;
    }
    Image image =
        new Image(
            read.image().id(),
            read.image().label(),
            read.image().synset(),
            stream.split,
            epoch,
            (long) read.sequence(),
            read.image().source(),
            clock.instant(),
            ByteBuffer.wrap(read.bytes()));
    int partition = read.sequence() % stream.partitions();
    sender.send(
        stream.topic,
        partition,
        read.image().id(),
        image,
        offset -> stream.flow.sent(partition, offset, read.bytes().length));
    images.incrementAndGet();
    bytes += read.bytes().length;
  }

  private DeadLetter deadLetter(ReadImage read, Stream stream, int epoch) {
    return DeadLetter.newBuilder()
        .setId(read.image().id())
        .setLabel(read.image().label())
        .setSplit(stream.split)
        .setEpoch(epoch)
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

  private void awaitRoom(FlowControl flow) throws InterruptedException {
    while (!stopping && !flow.hasRoom()) {
      Thread.sleep(HOLD_MILLIS);
    }
  }
}
