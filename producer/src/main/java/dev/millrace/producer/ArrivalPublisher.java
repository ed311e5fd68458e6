package dev.millrace.producer;

import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegShrinker;
import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.producer.arrivals.Receipt;
import dev.millrace.schemas.Arrival;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what has arrived, from one beginning to the end or the first failure: in transactions
 * of a fraction of a second, each with its images, what the arrivals topic is to tell of them, new
 * classes and dead letters. Receipts are given when it is committed. For one thread.
 */
final class ArrivalPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ArrivalPublisher.class);

  private final ContinuousOptions options;
  private final Topics topics;
  private final KnownImages known;
  private final InstantSource clock;
  private final ArrivalRecords records;
  private final RecordSender sender;
  private final GrowingClasses classes;
  private final ArrivalLane train;
  private final ArrivalLane validation;
  private final @Nullable JpegShrinker shrinker;
  private final OpenArrivals open;

  private ArrivalPublisher(
      ContinuousOptions options,
      Topics topics,
      KnownImages known,
      InstantSource clock,
      ArrivalCounts counts,
      RecordSender sender,
      GrowingClasses classes,
      ArrivalLane train,
      ArrivalLane validation) {
    this.options = options;
    this.topics = topics;
    this.known = known;
    this.clock = clock;
    this.records = new ArrivalRecords(clock);
    this.open = new OpenArrivals(known, counts);
    this.sender = sender;
    this.classes = classes;
    this.train = train;
    this.validation = validation;
    this.shrinker = shrinker(options);
  }

  /**
   * Takes over from earlier producers, and reads how far they have come.
   *
   * @param known gets what arrived before
   * @throws PublishException if nothing can be added to what the topics hold
   */
  static ArrivalPublisher open(
      ContinuousOptions options,
      Topics topics,
      Map<String, Object> kafka,
      Admin admin,
      KnownImages known,
      InstantSource clock,
      ArrivalCounts counts)
      throws InterruptedException {
    RecordSender sender =
        RecordSender.forProducer(kafka, topics, ProducerShare.WHOLE, options.maxImageBytes());
    List<AutoCloseable> opened = new ArrayList<>(List.of(sender));
    try {
      Map<Split, Integer> partitions =
          Map.of(
              Split.TRAIN, Topics.partitions(admin, topics.images(Split.TRAIN)),
              Split.VALIDATION, Topics.partitions(admin, topics.images(Split.VALIDATION)));
      ArrivalLog log = ArrivalLog.read(kafka, topics, partitions, known);
      GrowingClasses classes = GrowingClasses.read(kafka, topics, options.maxClasses());
      ArrivalLane train =
          ArrivalLane.open(admin, kafka, topics, Split.TRAIN, log.train(), options.maxAheadBytes());
      opened.add(train);
      ArrivalLane validation =
          ArrivalLane.open(
              admin, kafka, topics, Split.VALIDATION, log.validation(), options.maxAheadBytes());
      return new ArrivalPublisher(
          options, topics, known, clock, counts, sender, classes, train, validation);
    } catch (RuntimeException | InterruptedException e) {
      closeAll(opened);
      throw e;
    }
  }

  private static @Nullable JpegShrinker shrinker(ContinuousOptions options) {
    Shrinking shrinking = options.shrinking();
    ImageLimits limits = new ImageLimits(options.maxImageBytes(), ImageLimits.DEFAULT.maxPixels());
    return shrinking.shrinksAll()
        ? new JpegShrinker(limits, shrinking.window(), shrinking.quality())
        : null;
  }

  /** Whether the validation split is not published whole. */
  boolean validationDue() {
    return validation.place().epoch() == 0;
  }

  /** Adds classes that are not there yet. */
  void publishClasses(Map<String, String> namesBySynset) {
    int before = classes.size();
    namesBySynset.forEach((synset, name) -> {
      if (!classes.contains(synset)) {
        classes.add(synset, name); // when there are too many, their images say so
      }
    });
    if (classes.size() > before) {
      sendClasses();
    }
  }

  /** Whether readers are near enough for another image. */
  boolean hasRoom(Split split) throws InterruptedException {
    return lane(split).flow().hasRoom();
  }

  /**
   * Publishes an image, or a dead letter, unless its id is known.
   *
   * @throws PublishException if the brokers do not take it
   */
  void take(IncomingImage image) {
    if (open.contains(image.id())) {
      commit();
    }
    switch (known.find(image.id(), image.fingerprint())) {
      case NEW -> publish(image);
      case SAME -> image.receipt().complete(new Receipt.Known());
      case OTHER -> image.receipt().complete(new Receipt.Other());
    }
  }

  private void publish(IncomingImage image) {
    byte[] bytes = image.bytes();
    String fault = image.fault();
    if (fault == null && shrinker != null) {
      try {
        bytes = shrinker.shrink(ByteBuffer.wrap(bytes));
      } catch (CorruptImageException e) {
        fault = "the image cannot be shrunk (--prepare): " + e.getMessage();
      }
    }
    fault = fault == null ? classFault(image) : fault;
    if (fault == null) {
      settle(image, send(image, bytes));
    } else if (image.kept()) {
      settle(image, reject(image, fault));
    } else {
      image.receipt().complete(new Receipt.Rejected(fault));
    }
  }

  // Its place is taken.
  private void settle(IncomingImage image, Receipt receipt) {
    ArrivalLane lane = lane(image.split());
    boolean published = receipt instanceof Receipt.Published;
    Arrival arrival =
        records.arrival(image, published, classes.label(image.synset()), lane.place());
    sender.send(topics.arrivals(), 0, image.id(), arrival);
    open.add(image, receipt);
    lane.advance();
    if (lane == train && lane.place().sequence() == options.epochImages()) {
      endEpoch(Split.TRAIN);
    }
    if (open.isFull()) {
      commit();
    }
  }

  // Adds its class where it is new.
  private @Nullable String classFault(IncomingImage image) {
    if (classes.contains(image.synset())) {
      return null;
    }
    if (!classes.add(image.synset(), image.className())) {
      return "class %s is not among the %d that there may be (--max-classes)"
          .formatted(image.synset(), options.maxClasses());
    }
    sendClasses();
    return null;
  }

  private void sendClasses() {
    ClassList list = classes.list(clock.instant());
    sender.send(topics.classes(), 0, Topics.CLASSES_KEY, list);
    LOG.info("Published a longer class list, of {}", classes.size());
  }

  private Receipt send(IncomingImage image, byte[] bytes) {
    ArrivalLane lane = lane(image.split());
    ArrivalPlace place = lane.place();
    int label = classes.label(image.synset());
    int partition = lane.partition();
    lane.flow().sending(bytes.length);
    sender.send(
        lane.topic(),
        partition,
        image.id(),
        records.image(image, label, place, bytes),
        offset -> lane.flow().sent(partition, offset, bytes.length));
    return new Receipt.Published(label, place.epoch(), place.sequence());
  }

  private Receipt reject(IncomingImage image, String reason) {
    LOG.warn("Cannot publish {}: {}; written to dead-letters", image.source(), reason);
    DeadLetter letter =
        records.letter(image, classes.label(image.synset()), lane(image.split()).place(), reason);
    sender.send(topics.deadLetters(), 0, image.id(), letter);
    return new Receipt.Rejected(reason);
  }

  /** Ends a split's epoch in every partition. */
  void endEpoch(Split split) {
    ArrivalLane lane = lane(split);
    for (int partition = 0; partition < lane.partitions(); partition++) {
      EpochEnd end =
          new EpochEnd(split, lane.place().epoch(), lane.place().sequence(), clock.instant());
      sender.send(lane.topic(), partition, "", end);
    }
    lane.nextEpoch();
  }

  /** Commits what was sent, if that began a fraction of a second ago. */
  void commitWhenDue() {
    if (sender.isDue()) {
      commit();
    }
  }

  /** Commits what was sent, and gives the receipts. */
  void commit() {
    sender.commit();
    open.committed();
  }

  /** What was taken and has no receipt, in its order. */
  List<IncomingImage> unacknowledged() {
    return open.images();
  }

  private ArrivalLane lane(Split split) {
    return switch (split) {
      case TRAIN -> train;
      case VALIDATION -> validation;
    };
  }

  private static void closeAll(List<AutoCloseable> opened) {
    for (AutoCloseable part : opened.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.debug("Cannot close {}", part, e);
      }
    }
  }

  @Override
  public void close() {
    closeAll(List.of(sender, train, validation));
    if (shrinker != null) {
      shrinker.close();
    }
  }
}
