package dev.millrace.pipeline.verify;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * The books of a split: those of its partitions, and how many images each epoch has. Takes records'
 * headers one by one; knows nothing of how they are read.
 */
final class SplitLedger {
  private final Split split;
  private final Findings findings;
  private final List<PartitionLedger> partitions = new ArrayList<>();
  private final TreeMap<Integer, End> ends = new TreeMap<>();
  private final Map<Integer, Long> replayed = new HashMap<>();

  /** The first end of an epoch that was read, and where. */
  private record End(long images, String at) {}

  /**
   * Opens the books.
   *
   * @param count number of partitions
   * @param committed the augmenters' committed offset in each partition of the images topic when
   *     the check began, 0 where there is none
   */
  SplitLedger(
      Topics topics, Split split, int count, IntToLongFunction committed, Findings findings) {
    this.split = split;
    this.findings = findings;
    for (int p = 0; p < count; p++) {
      partitions.add(
          new PartitionLedger(
              topics.tensors(split).name(),
              topics.images(split).name(),
              p,
              count,
              committed.applyAsLong(p),
              findings));
    }
  }

  PartitionLedger partition(int partition) {
    return partitions.get(partition);
  }

  /** The books of the partition that a sequence belongs in. */
  PartitionLedger of(long sequence) {
    return partitions.get((int) (sequence % partitions.size()));
  }

  int partitions() {
    return partitions.size();
  }

  /** Says what trainers have augmented by themselves. To be called before dead letters come. */
  void colocated(Colocated trainers) {
    partitions.forEach(ledger -> ledger.colocated(trainers));
  }

  /** An open transaction may hide dead letters of any partition. */
  void unsettled() {
    partitions.forEach(PartitionLedger::unsettled);
  }

  void tensorsEnd(int partition, long offset, int epoch, long images) {
    PartitionLedger ledger = partitions.get(partition);
    compare(epoch, images, ledger.tensors().at(offset));
    ledger.tensorsEnd(offset, epoch);
  }

  void imagesEnd(int partition, long offset, int epoch, long images) {
    PartitionLedger ledger = partitions.get(partition);
    compare(epoch, images, ledger.images().at(offset));
    ledger.imagesEnd(offset, epoch);
  }

  /** Enters the note of an image that was published again, in an epoch of such images alone. */
  void replayed(int epoch) {
    replayed.merge(epoch, 1L, Long::sum);
  }

  /** Tells what became of everything; what is lost becomes a finding. To be asked once. */
  SplitReport report() {
    List<Reconciliation> reconciliations =
        partitions.stream().map(ledger -> new Reconciliation(ledger, findings)).toList();
    List<EpochRow> rows = new ArrayList<>();
    int next = 0;
    for (int epoch : epochs()) {
      if (next < epoch) {
        add(rows, row(reconciliations, next, epoch - 1));
      }
      add(rows, row(reconciliations, epoch, epoch));
      next = epoch + 1;
    }
    return new SplitReport(split, rows, unreadable());
  }

  /** Number of dead letters of records from which no sequence could be read. */
  long unreadable() {
    return partitions.stream().mapToLong(PartitionLedger::unreadableLetters).sum();
  }

  /** Whether every sequence without a tensor is known: no letter is hidden or without its own. */
  boolean isComplete() {
    return unreadable() == 0 && partitions.stream().allMatch(PartitionLedger::isSettled);
  }

  /** Gives every sequence of an epoch that has a dead letter and no tensor. */
  void forEachLeftOut(int epoch, LongConsumer sequence) {
    for (PartitionLedger ledger : partitions) {
      EpochRecords records = ledger.of(epoch);
      records
          .letters
          .minus(records.tensors)
          .forEach(
              (from, to) -> LongStream.range(from, to).map(ledger::sequence).forEach(sequence));
    }
  }

  private SortedSet<Integer> epochs() {
    SortedSet<Integer> epochs = new TreeSet<>();
    partitions.forEach(ledger -> epochs.addAll(ledger.epochs()));
    epochs.addAll(replayed.keySet());
    return epochs;
  }

  private EpochRow row(List<Reconciliation> reconciliations, int first, int last) {
    OptionalLong images = images(first);
    boolean sizeKnown =
        images.isPresent() || reconciliations.stream().noneMatch(r -> r.needsSize(first));
    List<EpochCounts> counts =
        reconciliations.stream().map(r -> r.of(first, last, images)).toList();
    return new EpochRow(first, last, sizeKnown, counts);
  }

  // Producers refuse a dataset of another size, so that one epoch's tells those of which nothing is
  // left; but for replays, each of which has a size of its own.
  OptionalLong images(int epoch) {
    End end = ends.get(epoch);
    if (end != null) {
      return OptionalLong.of(end.images);
    }
    Long again = replayed.get(epoch);
    if (again != null) {
      return OptionalLong.of(again);
    }
    return ends.entrySet().stream()
        .filter(of -> !replayed.containsKey(of.getKey()))
        .mapToLong(of -> of.getValue().images)
        .findFirst();
  }

  // Rows of deleted epochs on end say no more than one does.
  private static void add(List<EpochRow> rows, EpochRow row) {
    if (!isGone(row) || rows.isEmpty() || !isGone(rows.getLast())) {
      rows.add(row);
      return;
    }
    EpochRow before = rows.removeLast();
    List<EpochCounts> sums = new ArrayList<>();
    for (int p = 0; p < row.partitions().size(); p++) {
      sums.add(before.partitions().get(p).plus(row.partitions().get(p)));
    }
    rows.add(new EpochRow(before.first(), row.last(), before.sizeKnown() && row.sizeKnown(), sums));
  }

  private static boolean isGone(EpochRow row) {
    EpochCounts total = row.total();
    return total.tensors() + total.colocated() + total.waiting() + total.lost() + total.doubled()
            == 0
        && (total.deleted() > 0 || !row.sizeKnown());
  }

  private void compare(int epoch, long images, String at) {
    End first = ends.putIfAbsent(epoch, new End(images, at));
    if (first != null && first.images != images) {
      findings.add(
          "Ends differ: epoch %d has %,d images by %s, and %,d by %s"
              .formatted(epoch, first.images, first.at, images, at));
    }
  }
}
