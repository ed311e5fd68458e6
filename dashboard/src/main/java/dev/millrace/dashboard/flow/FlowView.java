package dev.millrace.dashboard.flow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stream at one look. What is not known is null. As JSON it is the answer to {@code /api/flow}.
 *
 * @param at when it was seen, milliseconds since 1970
 * @param sentence which stage sets the pace, in words, without a full stop
 * @param bottleneck the same in a word
 * @param dataWaitShare share of the latest time, from 0 to 1, that training waited for data; of the
 *     run that the sentence is about
 * @param topics in the order in which the data passes them; those that are not there are left out
 * @param lags of augmenters, then of every run that has not finished
 * @param heldBack whether augmenters hold back
 * @param workers members of the augmenters' group, then trainers
 * @param audits by run, as the trainers count
 * @param problems what is left out of all this and why, a sentence each
 */
public record FlowView(
    long at,
    String sentence,
    Bottleneck bottleneck,
    @Nullable Double dataWaitShare,
    List<TopicFlow> topics,
    List<Lag> lags,
    HeldBack heldBack,
    List<Worker> workers,
    List<RunAudit> audits,
    List<String> problems) {
  /** Copies the lists. */
  public FlowView {
    topics = List.copyOf(topics);
    lags = List.copyOf(lags);
    workers = List.copyOf(workers);
    audits = List.copyOf(audits);
    problems = List.copyOf(problems);
  }

  /**
   * One topic.
   *
   * @param name without the prefix, as {@code images.train}
   * @param topic with it
   * @param stage the part of the name before the split
   * @param bytes on the disks of the partitions' leaders
   * @param imagesPerSecond images, or tensors, that came in a second of the latest ten; null of
   *     topics of other records
   * @param bytesPerSecond of images and tensors, their mean length times that; of other topics, by
   *     how much their files have grown
   * @param kept images, or tensors, that have not been deleted, whatever became of offsets between
   *     them; of other topics offsets, of which transactions' markers take some
   */
  public record TopicFlow(
      String name,
      String topic,
      String stage,
      int partitions,
      @Nullable Long bytes,
      @Nullable Double imagesPerSecond,
      @Nullable Double bytesPerSecond,
      @Nullable Long kept) {}

  /**
   * How far a service is behind.
   *
   * @param service {@code augmenters} or {@code trainer}
   * @param run the trainer's
   * @param topic the topic that it reads, with the prefix
   * @param images images (or tensors) there that it has not taken. While the trainer tells, by its
   *     own count; otherwise the sum over the partitions
   * @param seconds at the speed of the latest ten seconds; where it stands still, the age of the
   *     oldest image not taken (since it was published, or augmented)
   * @param perPartition counted here, from the records at the positions
   */
  public record Lag(
      String service,
      @Nullable String run,
      String topic,
      long images,
      @Nullable Double seconds,
      List<PartitionLag> perPartition) {
    /** Copies the list. */
    public Lag {
      perPartition = List.copyOf(perPartition);
    }
  }

  /** Images of one partition that a service has not taken. */
  public record PartitionLag(int partition, long images) {}

  /**
   * Whether augmenters hold back.
   *
   * @param held whether they seem to; they do not tell, see {@code text}
   * @param text what was seen, in words, without a full stop
   * @param partitions of the training images that are held
   * @param aheadBytes tensors that the slowest trainer has not taken
   * @param limitBytes always null: augmenters do not publish theirs
   * @param run the one that is slowest, where they hold back; null if none reads tensors
   */
  public record HeldBack(
      boolean held,
      String text,
      List<Integer> partitions,
      @Nullable Long aheadBytes,
      @Nullable Long limitBytes,
      @Nullable String run) {
    /** Copies the list. */
    public HeldBack {
      partitions = List.copyOf(partitions);
    }
  }

  /**
   * One who works: a thread of an augmenter, or a trainer.
   *
   * @param kind {@code augmenter} or {@code trainer}
   * @param host from where the brokers hear it
   * @param partitions what it works on
   */
  public record Worker(
      String kind, String id, @Nullable String host, List<TopicPartitionName> partitions) {
    /** Copies the list. */
    public Worker {
      partitions = List.copyOf(partitions);
    }
  }

  /** A partition of a topic, named with its prefix. */
  public record TopicPartitionName(String topic, int partition) {}

  /**
   * What became of a run's images: {@code published = trained + dead + waiting + lost - doubled}.
   *
   * @param published images published since the run began
   * @param trained images trained on
   * @param dead images passed that have a dead letter
   * @param waiting images that it has still to come to
   * @param lost images passed that were neither trained on nor have a dead letter
   * @param doubled images trained on that are more than there are
   */
  public record RunAudit(
      String run,
      @Nullable Long published,
      @Nullable Long trained,
      @Nullable Long dead,
      @Nullable Long waiting,
      @Nullable Long lost,
      @Nullable Long doubled) {}
}
