package dev.millrace.producer;

import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.Image;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Publishes training images that became dead letters again, mended or because the augmenters were:
 * as an epoch of their own behind the newest one, so that every reader's order stays a function of
 * the topic alone. The images, the epoch's ends and a note of each image in the dead letters are
 * one transaction: a replay is whole or it is not, and done once.
 */
public final class Replay {
  private final Topics topics;
  private final Map<String, Object> kafka;
  private final @Nullable MendFolder mended;
  private final int maxImageBytes;
  private final InstantSource clock;
  private final BiConsumer<RejectedImage, String> left;

  /**
   * Prepares a replay.
   *
   * @param kafka client properties, with bootstrap.servers
   * @param mended where mended images lie, each under its id as {@link SavedImages} writes them;
   *     null to publish the bytes that the letters hold
   * @param maxImageBytes larger images are left out
   * @param left told of each image that is left out, and why
   */
  public Replay(
      Topics topics,
      Map<String, Object> kafka,
      @Nullable Path mended,
      int maxImageBytes,
      InstantSource clock,
      BiConsumer<RejectedImage, String> left) {
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.mended = mended == null ? null : new MendFolder(mended);
    this.maxImageBytes = maxImageBytes;
    this.clock = clock;
    this.left = left;
  }

  /** One replay under way. */
  private static final class Run {
    private final int epoch;
    private final int partitions;
    private final ClassList classes;
    private long images;
    private long bytes;
    private long left;

    Run(int epoch, int partitions, ClassList classes) {
      this.epoch = epoch;
      this.partitions = partitions;
      this.classes = classes;
    }
  }

  /**
   * Publishes images again.
   *
   * @param images which
   * @throws PublishException if the newest epoch is not whole, a producer begins meanwhile, or the
   *     brokers do not take records
   */
  public ReplaySummary run(List<RejectedImage> images) {
    Topic<SpecificRecord> topic = topics.images(Split.TRAIN);
    Map<Long, RejectedImage> wanted = new HashMap<>();
    images.forEach(image -> wanted.put(image.offset(), image));
    nextEpoch(LastRecords.read(kafka, topic)); // refused before a producer is stopped for it
    ClassList classes =
        NewestClassList.read(kafka, topics.classes())
            .orElseThrow(() -> new PublishException("Cannot replay: there is no class list"));
    try (RecordSender sender =
        RecordSender.forProducer(kafka, topics, ProducerShare.WHOLE, maxImageBytes)) {
      Positions positions = LastRecords.read(kafka, topic);
      Run run = new Run(nextEpoch(positions), positions.partitions().size(), classes);
      DeadLetterLog.read(
          kafka,
          topics.deadLetters(),
          stored -> {
            RejectedImage image = wanted.get(stored.offset());
            if (image != null) {
              publish(image, stored.letter(), run, sender);
            }
          });
      if (run.images > 0) {
        end(run, sender);
      }
      return new ReplaySummary(run.epoch, run.images, run.bytes, run.left);
    }
  }

  // The epoch behind the newest, which must be whole: its images come before.
  private int nextEpoch(Positions positions) {
    int first = positions.firstEpoch();
    boolean whole =
        positions.partitions().stream()
            .allMatch(newest -> newest.sequence() == Positions.END && newest.epoch() == first - 1);
    if (!whole) {
      throw new PublishException(
          ("Cannot replay into %s: epoch %d is not published whole, and a replay follows whole"
                  + " epochs; let the producer finish it (produce with --epochs %d), then replay,"
                  + " then let it go on; an epoch of images that arrive ends by --epoch-images")
              .formatted(topics.images(Split.TRAIN), first, first + 1));
    }
    return first;
  }

  private void publish(RejectedImage image, DeadLetter letter, Run run, RecordSender sender) {
    byte[] bytes = null;
    String obstacle = obstacle(letter, run.classes);
    if (obstacle == null) {
      try {
        bytes = bytes(letter);
        obstacle = bytes == null ? missing(letter) : null;
      } catch (IOException e) {
        obstacle = String.valueOf(e.getMessage());
      }
    }
    if (bytes == null) {
      run.left++;
      left.accept(image, String.valueOf(obstacle));
    } else {
      send(letter, bytes, run, sender);
    }
  }

  private static @Nullable String obstacle(DeadLetter letter, ClassList classes) {
    if (letter.getId().isEmpty() || letter.getEpoch() < 0) {
      return "the record could not be read, so that its image and label are not known";
    }
    if (letter.getSplit() != Split.TRAIN) {
      return "validation images are published once; publish them under another --prefix";
    }
    int label = letter.getLabel();
    if (label < 0 || label >= classes.getClasses().size()) {
      return "label must be from 0 to %d, found %d"
          .formatted(classes.getClasses().size() - 1, label);
    }
    return null;
  }

  private byte @Nullable [] bytes(DeadLetter letter) throws IOException {
    if (mended != null) {
      return mended.read(letter.getId(), maxImageBytes).orElse(null);
    }
    ByteBuffer kept = letter.getBytes().duplicate();
    if (kept.remaining() > maxImageBytes) {
      throw new IOException(
          "an image may have %d bytes at most (--max-image-size), found %d"
              .formatted(maxImageBytes, kept.remaining()));
    }
    byte[] bytes = new byte[kept.remaining()];
    kept.get(bytes);
    return bytes.length == 0 ? null : bytes;
  }

  private String missing(DeadLetter letter) {
    return mended == null
        ? "its letter holds no bytes; put the mended image into a folder under its id, and give"
            + " that by --from"
        : "there is no file " + mended.file(letter.getId());
  }

  private void send(DeadLetter letter, byte[] bytes, Run run, RecordSender sender) {
    int partition = (int) (run.images % run.partitions);
    Image image =
        new Image(
            letter.getId(),
            letter.getLabel(),
            run.classes.getClasses().get(letter.getLabel()).getSynset(),
            Split.TRAIN,
            run.epoch,
            run.images,
            letter.getSource(),
            clock.instant(),
            ByteBuffer.wrap(bytes));
    sender.send(topics.images(Split.TRAIN), partition, letter.getId(), image);
    sender.send(topics.deadLetters(), 0, letter.getId(), note(image, partition, bytes.length));
    run.images++;
    run.bytes += bytes.length;
  }

  private DeadLetter note(Image image, int partition, int size) {
    return DeadLetter.newBuilder()
        .setId(image.getId())
        .setLabel(image.getLabel())
        .setSplit(image.getSplit())
        .setEpoch(image.getEpoch())
        .setSequence(image.getSequence())
        .setSource(image.getSource())
        .setStage(Topics.REPLAY_STAGE)
        .setReason("published again as epoch %d".formatted(image.getEpoch()))
        .setTopic(topics.images(Split.TRAIN).name())
        .setPartition(partition)
        .setOffset(-1)
        .setFailedAt(clock.instant())
        .setSize(size)
        .setBytes(ByteBuffer.allocate(0))
        .build();
  }

  private void end(Run run, RecordSender sender) {
    for (int partition = 0; partition < run.partitions; partition++) {
      sender.send(
          topics.images(Split.TRAIN),
          partition,
          "",
          new EpochEnd(Split.TRAIN, run.epoch, run.images, clock.instant()));
    }
    sender.commit();
  }
}
