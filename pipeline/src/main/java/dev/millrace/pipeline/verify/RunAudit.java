package dev.millrace.pipeline.verify;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.trainer.ImageDigest;
import dev.millrace.trainer.TrainedImages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Holds a run's checkpoints against the stream: at each of them the weights must have seen every
 * image before the position to go on at exactly once, those without a tensor left out. A checkpoint
 * keeps how many images its weights have seen and the sum of their digests; here both are made anew
 * from the topics alone.
 */
final class RunAudit {
  private final SplitLedger ledger;
  private final long published;
  private final Findings findings;
  private final Map<Integer, Long> digests = new HashMap<>();

  /**
   * Prepares it.
   *
   * @param ledger the books of the training images, with all that was read
   * @param published training images published in all
   */
  RunAudit(SplitLedger ledger, long published, Findings findings) {
    this.ledger = ledger;
    this.published = published;
    this.findings = findings;
  }

  /**
   * Checks a run.
   *
   * @param manifests its checkpoints in the order in which they were committed, at least one
   * @return empty where the newest does not tell, or the size of an epoch is not known
   */
  Optional<RunReport> of(List<CheckpointManifest> manifests) {
    List<RunReport> reports = new ArrayList<>();
    for (CheckpointManifest manifest : manifests) {
      TrainedImages.of(manifest)
          .flatMap(images -> report(manifest, images, reports.size() + 1))
          .ifPresent(reports::add);
    }
    return reports.isEmpty() ? Optional.empty() : Optional.of(reports.getLast());
  }

  private Optional<RunReport> report(
      CheckpointManifest manifest, TrainedImages images, int checkpoints) {
    long passed = 0;
    long before = 0;
    long digest = 0;
    for (int epoch = 0; epoch <= images.nextEpoch(); epoch++) {
      long from = epoch == images.firstEpoch() ? images.firstSequence() : 0;
      OptionalLong size =
          epoch == images.nextEpoch()
              ? OptionalLong.of(images.nextSequence())
              : ledger.images(epoch);
      if (size.isEmpty()) {
        return Optional.empty();
      }
      if (epoch < images.firstEpoch()) {
        before += size.getAsLong();
      } else {
        passed += Math.max(0, size.getAsLong() - from);
        before += from;
        digest += digest(epoch, from, size.getAsLong());
      }
    }
    long balance = images.trained() + images.missing() + images.rejected() - passed;
    RunReport report =
        new RunReport(
            manifest.getRun(),
            manifest.getStep(),
            checkpoints,
            published - before,
            images,
            Math.max(0, -balance),
            Math.max(0, balance));
    judge(report, balance, digest);
    return Optional.of(report);
  }

  private void judge(RunReport report, long balance, long digest) {
    TrainedImages images = report.images();
    String checkpoint =
        "the checkpoint of step %d of run %s".formatted(report.step(), report.run());
    String position =
        "sequence %d of epoch %d".formatted(images.nextSequence(), images.nextEpoch());
    if (balance < 0) {
      findings.add(
          "Lost in training: %s goes on at %s, but its weights have not seen %,d images before that"
              .formatted(checkpoint, position, -balance));
    } else if (balance > 0) {
      findings.add(
          "Trained on twice: %s goes on at %s, but its weights have seen %,d images more than there are before that"
              .formatted(checkpoint, position, balance));
    } else if (ledger.isComplete() && images.digest() + images.rejectedDigest() != digest) {
      findings.add(
          "Not the same images: %s has seen as many images as there are before %s, but some of them not, and others twice"
              .formatted(checkpoint, position));
    }
  }

  // The sum over a part of an epoch, what never became a tensor left out. Whole epochs are asked
  // for by every checkpoint behind them.
  private long digest(int epoch, long from, long to) {
    if (from == 0 && ledger.images(epoch).equals(OptionalLong.of(to))) {
      return digests.computeIfAbsent(epoch, _ -> sum(epoch, 0, to));
    }
    return sum(epoch, from, to);
  }

  private long sum(int epoch, long from, long to) {
    long[] sum = new long[1];
    for (long sequence = from; sequence < to; sequence++) {
      sum[0] += ImageDigest.of(epoch, sequence);
    }
    ledger.forEachLeftOut(
        epoch,
        sequence -> {
          if (sequence >= from && sequence < to) {
            sum[0] -= ImageDigest.of(epoch, sequence);
          }
        });
    return sum[0];
  }
}
