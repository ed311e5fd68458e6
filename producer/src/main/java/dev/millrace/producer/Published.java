package dev.millrace.producer;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;

/** What earlier producers have published of one split, and what of it is this producer's. */
final class Published {
  private final Split split;
  private final Topic<SpecificRecord> topic;
  private final Positions positions;
  private final EarlierDeadLetters deadLetters;
  private final ProducerShare share;

  private Published(
      Split split,
      Topic<SpecificRecord> topic,
      Positions positions,
      EarlierDeadLetters deadLetters,
      ProducerShare share) {
    this.split = split;
    this.topic = topic;
    this.positions = positions;
    this.deadLetters = deadLetters;
    this.share = share;
  }

  /** Reads the topics' ends; nobody else may publish to the share's partitions meanwhile. */
  static Published read(
      Map<String, Object> kafka, Topics topics, Split split, ProducerShare share) {
    Positions positions = LastRecords.read(kafka, topics.images(split));
    List<Integer> own = share.partitions(positions.partitions().size());
    EarlierDeadLetters deadLetters =
        EarlierDeadLetters.read(
            kafka, topics.deadLetters(), split, positions.of(own).oldestTimestamp());
    return new Published(split, topics.images(split), positions, deadLetters, share);
  }

  Positions positions() {
    return positions;
  }

  Split split() {
    return split;
  }

  /** How many partitions there are, this producer's and others'. */
  int partitions() {
    return positions.partitions().size();
  }

  /** The partitions that this producer publishes to, ascending. */
  List<Integer> own() {
    return share.partitions(partitions());
  }

  /** The first epoch of which something is missing in this producer's partitions. */
  int firstEpoch() {
    return positions.of(own()).firstEpoch();
  }

  /** The offset behind the newest record of a partition; what may follow was taken back. */
  long behindNewest(int partition) {
    return positions.partitions().get(partition).offset() + 1;
  }

  /** Whether an image is this producer's, and neither published nor a dead letter. */
  boolean lacks(int epoch, int sequence) {
    return share.owns(sequence % partitions()) && !has(epoch, sequence);
  }

  private boolean has(int epoch, int sequence) {
    return positions.isPublished(sequence % partitions(), epoch, sequence)
        || deadLetters.contains(epoch, sequence);
  }

  /** How many images of this producer were published, or are dead letters, of epochs of so many. */
  long images(int epochSize) {
    return own().stream().mapToLong(partition -> images(partition, epochSize)).sum();
  }

  private long images(int partition, int epochSize) {
    int epoch = positions.of(List.of(partition)).firstEpoch();
    long images = epoch * ProducerShare.images(epochSize, partition, partitions());
    for (int sequence = partition; sequence < epochSize; sequence += partitions()) {
      if (has(epoch, sequence)) {
        images++;
      }
    }
    return images;
  }

  boolean hasEnd(int partition, int epoch) {
    return positions.isPublished(partition, epoch, Positions.END);
  }

  /**
   * Makes sure that these are this dataset's images in the order of this seed, as far as the newest
   * of every partition tell.
   *
   * @throws PublishException if not
   */
  void check(Dataset dataset, long seed) {
    for (Positions.Position newest : positions.partitions()) {
      if (newest.images() >= 0
          && newest.images() != dataset.size(split)
          && !deadLetters.isReplay(newest.epoch())) {
        throw other("an epoch of %d images".formatted(newest.images()), dataset);
      }
      if (!newest.id().isEmpty()) {
        checkImage(newest, dataset, seed);
      }
    }
  }

  private void checkImage(Positions.Position newest, Dataset dataset, long seed) {
    if (newest.sequence() >= dataset.size(split)) {
      throw other("an epoch of more than %d images".formatted(newest.sequence()), dataset);
    }
    int position = dataset.order(split, seed, newest.epoch())[(int) newest.sequence()];
    String ours = dataset.image(split, position).id();
    if (!ours.equals(newest.id())) {
      throw other(
          "%s at place %d of epoch %d, where this dataset and --seed %d have %s"
              .formatted(newest.id(), newest.sequence(), newest.epoch(), seed, ours),
          dataset);
    }
  }

  private PublishException other(String found, Dataset dataset) {
    return new PublishException(
        ("Cannot go on publishing to %s: it holds %s; this dataset has %d %s images; use the same"
                + " data, --seed and --shuffle-buffer as before, or another --prefix")
            .formatted(topic, found, dataset.size(split), split.name().toLowerCase(Locale.ROOT)));
  }
}
