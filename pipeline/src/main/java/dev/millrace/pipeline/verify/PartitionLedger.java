package dev.millrace.pipeline.verify;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The books of one partition of a split: takes its tensors, then its images, then its dead letters,
 * each in their order, and keeps which sequences there are. What is doubled or out of its place is
 * found at once; what is lost only a {@link Reconciliation} tells.
 *
 * <p>Keeps a run for each unbroken row of sequences, so that the memory it takes grows with the
 * number of epochs, dead letters and losses, not with that of images.
 */
final class PartitionLedger {
  private static final EpochRecords NONE = new EpochRecords();

  private final int partition;
  private final int partitions;
  private final long committed;
  private final Findings findings;
  private final Track tensors;
  private final Track images;
  private final SortedMap<Integer, EpochRecords> epochs = new TreeMap<>();
  private long unreadable;
  private boolean settled = true;
  private Colocated colocated = Colocated.NONE;

  /**
   * Opens the books.
   *
   * @param committed the augmenters' committed offset in the images topic when the check began: all
   *     that became of images before it is among the tensors and dead letters
   */
  PartitionLedger(
      String tensorsTopic,
      String imagesTopic,
      int partition,
      int partitions,
      long committed,
      Findings findings) {
    this.partition = partition;
    this.partitions = partitions;
    this.committed = committed;
    this.findings = findings;
    this.tensors = new Track(tensorsTopic, partition, partitions, findings);
    this.images = new Track(imagesTopic, partition, partitions, findings);
  }

  /** The tensors that follow begin at an offset: those before, if any, were deleted. */
  void beginTensors(long offset) {
    tensors.begin(offset, false);
  }

  /** The images that follow begin at an offset: those before, if any, were deleted. */
  void beginImages(long offset) {
    images.begin(offset, offset <= committed);
  }

  void tensor(long offset, int epoch, long sequence) {
    if (belongsHere(tensors, offset, epoch, sequence)) {
      EpochRecords records = records(epoch);
      Place place = place(epoch, sequence);
      if (records.tensors.add(place.index())) {
        tensors.read(place, offset);
      } else {
        records.doubled++;
        findings.add(
            "Doubled: the tensor of sequence %d of epoch %d is there again at %s"
                .formatted(sequence, epoch, tensors.at(offset)));
      }
    }
  }

  void tensorsEnd(long offset, int epoch) {
    EpochRecords records = records(epoch);
    if (records.tensorsEnded) {
      findings.add(
          "Doubled: the end of epoch %d is there again at %s".formatted(epoch, tensors.at(offset)));
    } else {
      records.tensorsEnded = true;
      tensors.read(Place.end(epoch), offset);
    }
  }

  void image(long offset, int epoch, long sequence) {
    if (belongsHere(images, offset, epoch, sequence)) {
      EpochRecords records = records(epoch);
      Place place = place(epoch, sequence);
      if (records.images.add(place.index())) {
        images.read(place, offset);
      } else {
        records.doubled++;
        findings.add(
            "Doubled: the image of sequence %d of epoch %d is there again at %s"
                .formatted(sequence, epoch, images.at(offset)));
      }
      if (offset < committed) {
        records.augmented.add(place.index());
      }
    }
  }

  void imagesEnd(long offset, int epoch) {
    EpochRecords records = records(epoch);
    if (records.imagesEnded) {
      findings.add(
          "Doubled: the end of epoch %d is there again at %s".formatted(epoch, images.at(offset)));
    } else {
      records.imagesEnded = true;
      records.endAugmented = offset < committed;
      images.read(Place.end(epoch), offset);
    }
  }

  /**
   * A dead letter of a producer or an augmenter.
   *
   * @param at where it is
   */
  void letter(String at, int epoch, long sequence) {
    EpochRecords records = records(epoch);
    long index = place(epoch, sequence).index();
    if (!records.letters.add(index)) {
      if (colocated.severalReaders()) {
        return; // each of them has written its own
      }
      records.doubled++;
      findings.add(
          "Doubled: sequence %d of epoch %d has another dead letter at %s"
              .formatted(sequence, epoch, at));
    } else if (records.tensors.contains(index)) {
      records.doubled++;
      findings.add(
          "Doubled: sequence %d of epoch %d has a tensor in %s, and a dead letter at %s"
              .formatted(sequence, epoch, tensors, at));
    }
  }

  /** A dead letter of a record from which no sequence could be read. */
  void unreadable() {
    unreadable++;
  }

  /** An open transaction may hide some of the records: nothing can be said to be lost. */
  void unsettled() {
    settled = false;
  }

  /** Says what trainers have augmented by themselves. To be called before dead letters come. */
  void colocated(Colocated trainers) {
    colocated = trainers;
  }

  Colocated.Part colocated() {
    return colocated.in(partition, partitions);
  }

  int partition() {
    return partition;
  }

  Track tensors() {
    return tensors;
  }

  Track images() {
    return images;
  }

  /** Number of dead letters of unknown sequence. */
  long unreadableLetters() {
    return unreadable;
  }

  boolean isSettled() {
    return settled;
  }

  /** What there is of an epoch, maybe nothing. */
  EpochRecords of(int epoch) {
    return epochs.getOrDefault(epoch, NONE);
  }

  /** The epochs of which something was read. */
  SortedSet<Integer> epochs() {
    return new TreeSet<>(epochs.keySet());
  }

  /** How many of an epoch's images belong in this partition. */
  long share(long epochImages) {
    return Math.max(0, (epochImages - partition + partitions - 1) / partitions);
  }

  /** The sequence that an index stands for. */
  long sequence(long index) {
    return index * partitions + partition;
  }

  private boolean belongsHere(Track track, long offset, int epoch, long sequence) {
    if (epoch < 0 || sequence < 0) {
      findings.add(
          "Not in any order: %s has epoch %d and sequence %d"
              .formatted(track.at(offset), epoch, sequence));
      return false;
    }
    if (sequence % partitions != partition) {
      findings.add(
          "Wrong partition: %s is sequence %d of epoch %d, which belongs in partition %d of %d"
              .formatted(track.at(offset), sequence, epoch, sequence % partitions, partitions));
      return false;
    }
    return true;
  }

  private Place place(int epoch, long sequence) {
    return new Place(epoch, sequence / partitions);
  }

  private EpochRecords records(int epoch) {
    return epochs.computeIfAbsent(epoch, _ -> new EpochRecords());
  }
}
