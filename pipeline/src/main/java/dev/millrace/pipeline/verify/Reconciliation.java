package dev.millrace.pipeline.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Closes one partition's books: tells for every sequence what became of it. To be asked for the
 * epochs in ascending order, since dead letters of unknown sequence explain the first gaps.
 */
final class Reconciliation {
  private final PartitionLedger ledger;
  private final Findings findings;
  private long unmatched;

  Reconciliation(PartitionLedger ledger, Findings findings) {
    this.ledger = ledger;
    this.findings = findings;
    this.unmatched = ledger.unreadableLetters();
  }

  /**
   * What became of each epoch from the first to the last, which are alike.
   *
   * @param images the number of images that other partitions say the epoch has
   */
  EpochCounts of(int first, int last, OptionalLong images) {
    EpochRecords records = ledger.of(first);
    long size = size(first, records, images);
    Runs with = records.tensors;
    Runs letters = records.letters.minus(with);
    Runs all = Runs.of(0, size).plus(with).plus(letters);
    Runs rest = all.minus(with).minus(letters);
    Fates fates = fates(first, size, records, rest).without(ledger.colocated().passed(first, size));
    long lost = 0;
    long explained = 0;
    for (Loss loss : fates.losses) {
      Runs unexplained = explain(loss.indexes);
      explained += loss.indexes.size() - unexplained.size();
      lost += unexplained.size();
      unexplained.forEach((from, to) ->
          findings.add(
              "Lost: %s of %s: %s".formatted(sequences(from, to), epochs(first, last), loss.why)));
    }
    checkEnds(first, last, size, records);
    return new EpochCounts(
            all.size(),
            with.size(),
            fates.colocated.size(),
            letters.size() + explained,
            fates.deleted.size(),
            fates.waiting.size(),
            lost,
            records.doubled)
        .times(last - first + 1L);
  }

  /** Whether the number of images that other partitions say an epoch has matters here. */
  boolean needsSize(int epoch) {
    EpochRecords records = ledger.of(epoch);
    boolean ended = records.tensorsEnded || records.imagesEnded;
    return !ended && (ledger.tensors().isPast(epoch) || ledger.images().isPast(epoch));
  }

  // Only this partition's own end, or what follows it, says that the epoch is over here: the ends
  // in the others may have been written since this partition was read.
  private long size(int epoch, EpochRecords records, OptionalLong images) {
    boolean ended = records.tensorsEnded || records.imagesEnded;
    long seen = Math.max(records.tensors.behindLast(), records.images.behindLast());
    return (ended || needsSize(epoch)) && images.isPresent()
        ? ledger.share(images.getAsLong())
        : seen;
  }

  private record Loss(Runs indexes, String why) {}

  private record Fates(Runs deleted, Runs colocated, Runs waiting, List<Loss> losses) {
    Fates(Runs deleted, Runs waiting, List<Loss> losses) {
      this(deleted, new Runs(), waiting, losses);
    }

    // What trainers have augmented by themselves has not to wait for an augmenter.
    Fates without(Runs trained) {
      return new Fates(deleted, waiting.and(trained), waiting.minus(trained), losses);
    }
  }

  // What became of those that have neither a tensor nor a dead letter.
  private Fates fates(int epoch, long size, EpochRecords records, Runs without) {
    Track tensors = ledger.tensors();
    Track images = ledger.images();
    List<Loss> losses = new ArrayList<>();
    Runs deleted = without.and(tensors.deleted(epoch, size));
    Runs rest = without.minus(deleted);

    Runs passed = rest.and(tensors.passed(epoch, size));
    losses.add(
        new Loss(
            passed,
            "no tensor in %s, where later ones are, and no dead letter".formatted(tensors)));
    rest = rest.minus(passed);

    Runs waiting = rest.and(records.images.minus(records.augmented));
    rest = rest.minus(waiting);
    if (tensors.isCutOff()) {
      return judged(deleted.plus(rest), waiting, losses);
    }
    Runs augmented = rest.and(records.augmented.plus(images.deletedAugmented(epoch, size)));
    losses.add(
        new Loss(
            augmented,
            "its image in %s was augmented, but there is no tensor in %s and no dead letter"
                .formatted(images, tensors)));
    rest = rest.minus(augmented);

    Runs skipped =
        rest.and(images.passed(epoch, size))
            .minus(records.images)
            .minus(images.deleted(epoch, size));
    losses.add(
        new Loss(
            skipped, "no image in %s, where later ones are, and no dead letter".formatted(images)));
    // What is left was augmented, and its image deleted, while the topics were read.
    return judged(deleted, waiting.plus(rest.minus(skipped)), losses);
  }

  private Fates judged(Runs deleted, Runs waiting, List<Loss> losses) {
    if (ledger.isSettled()) {
      return new Fates(deleted, waiting, losses);
    }
    Runs hidden = losses.stream().map(Loss::indexes).reduce(waiting, Runs::plus);
    return new Fates(deleted, hidden, List.of());
  }

  // A record from which no sequence can be read is a letter for some gap or other.
  private Runs explain(Runs gaps) {
    Runs explained = new Runs();
    gaps.forEach((from, to) -> {
      long more = Math.min(unmatched, to - from);
      unmatched -= more;
      explained.addAll(Runs.of(from, from + more));
    });
    return gaps.minus(explained);
  }

  private void checkEnds(int first, int last, long size, EpochRecords records) {
    Track tensors = ledger.tensors();
    Track images = ledger.images();
    Place end = Place.end(first);
    boolean ended = records.tensorsEnded || records.imagesEnded;
    if (ended && records.tensors.behindLast() > size) {
      findings.add(
          "Too many: %s has sequence %d of epoch %d, behind the number of images that its end gives"
              .formatted(tensors, ledger.sequence(records.tensors.behindLast() - 1), first));
    }
    if (!records.tensorsEnded && tensors.isPast(first) && !tensors.isDeleted(end)) {
      findings.add(
          "No end: %s goes on without the end of %s".formatted(tensors, epochs(first, last)));
    } else if (!records.tensorsEnded
        && !tensors.isPast(first)
        && records.endAugmented
        && ledger.isSettled()
        && !tensors.isCutOff()) {
      findings.add(
          "No end: the end of epoch %d in %s was passed on, but is not in %s"
              .formatted(first, images, tensors));
    }
    if (!records.imagesEnded && images.isPast(first) && !images.isDeleted(end)) {
      findings.add(
          "No end: %s goes on without the end of %s".formatted(images, epochs(first, last)));
    }
  }

  private String sequences(long from, long to) {
    return to - from == 1
        ? "sequence " + ledger.sequence(from)
        : "%,d sequences from %d to %d (those of partition %d)"
            .formatted(
                to - from, ledger.sequence(from), ledger.sequence(to - 1), ledger.partition());
  }

  private static String epochs(int first, int last) {
    return first == last ? "epoch " + first : "epochs %d to %d".formatted(first, last);
  }
}
