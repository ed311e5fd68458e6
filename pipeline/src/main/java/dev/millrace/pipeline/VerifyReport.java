package dev.millrace.pipeline;

import dev.millrace.pipeline.verify.EpochCounts;
import dev.millrace.pipeline.verify.EpochRow;
import dev.millrace.pipeline.verify.RunReport;
import dev.millrace.pipeline.verify.SplitReport;
import dev.millrace.pipeline.verify.Verification;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * Prints the outcome of a check: a table, the faults, one concluding line.
 *
 * @param partitions whether to show partitions, too
 */
record VerifyReport(PrintWriter out, boolean partitions) {
  private static final String COUNTS = " %12s %12s %12s %12s %12s %12s %6s %7s%n";

  void print(Verification verification) {
    if (verification.splits().stream().allMatch(split -> split.epochs().isEmpty())) {
      out.println("The topics hold no images, tensors or dead letters of any");
    } else {
      place("split", "epoch", "partition");
      out.printf(
          COUNTS,
          "published",
          "tensors",
          "colocated",
          "dead letters",
          "deleted",
          "waiting",
          "lost",
          "doubled");
      verification.splits().forEach(this::print);
    }
    out.println();
    printRuns(verification.runs());
    printFindings(verification);
    out.println(conclusion(verification));
    out.flush();
  }

  private void printRuns(List<RunReport> runs) {
    if (runs.isEmpty()) {
      return;
    }
    String columns = "%-20s %10s %11s %12s %12s %12s %12s %12s %6s %6s%n";
    out.printf(
        columns,
        "run",
        "step",
        "checkpoints",
        "published",
        "trained",
        "evaluated",
        "dead letters",
        "waiting",
        "lost",
        "twice");
    for (RunReport run : runs) {
      out.printf(
          columns,
          run.run(),
          number(run.step()),
          number(run.checkpoints()),
          number(run.published()),
          number(run.images().trained()),
          number(run.images().evaluated()),
          number(run.deadLetters()),
          number(run.waiting()),
          number(run.lost()),
          number(run.twice()));
    }
    out.println();
  }

  private void print(SplitReport split) {
    String name = split.split().name().toLowerCase(Locale.ROOT);
    for (EpochRow row : split.epochs()) {
      String epochs =
          row.first() == row.last()
              ? Integer.toString(row.first())
              : "%d-%d".formatted(row.first(), row.last());
      place(name, epochs, "all");
      print(row.total(), row.sizeKnown());
      for (int p = 0; partitions && p < row.partitions().size(); p++) {
        place(name, epochs, Integer.toString(p));
        print(row.partitions().get(p), row.sizeKnown());
      }
    }
  }

  private void place(String split, String epochs, String partition) {
    out.printf("%-10s %9s", split, epochs);
    if (partitions) {
      out.printf(" %9s", partition);
    }
  }

  // Of deleted epochs whose size nothing tells, no count would be right.
  private void print(EpochCounts counts, boolean sizeKnown) {
    out.printf(
        COUNTS,
        sizeKnown ? number(counts.published()) : "?",
        number(counts.tensors()),
        number(counts.colocated()),
        number(counts.deadLetters()),
        sizeKnown ? number(counts.deleted()) : "?",
        number(counts.waiting()),
        number(counts.lost()),
        number(counts.doubled()));
  }

  private void printFindings(Verification verification) {
    List<String> findings = verification.findings();
    findings.forEach(out::println);
    if (verification.faults() > findings.size()) {
      out.printf("and %,d more%n", verification.faults() - findings.size());
    }
    if (!findings.isEmpty()) {
      out.println();
    }
    for (SplitReport split : verification.splits()) {
      if (split.unreadable() > 0) {
        out.printf(
            "%,d unreadable records in the images topic of %s have dead letters of unknown"
                + " sequence%n",
            split.unreadable(), split.split().name().toLowerCase(Locale.ROOT));
      }
    }
    if (!verification.unsettled().isEmpty()) {
      out.printf(
          "A transaction is open in %s: what it may hide counts as waiting; check again when it has"
              + " ended%n",
          String.join(", ", verification.unsettled()));
    }
  }

  private static String conclusion(Verification verification) {
    EpochCounts total = verification.total();
    StringBuilder sum =
        new StringBuilder(
            "%,d images = %,d tensors + %,d dead letters"
                .formatted(total.published(), total.tensors(), total.deadLetters()));
    if (total.colocated() > 0) {
      sum.append(" + %,d augmented by trainers".formatted(total.colocated()));
    }
    if (total.deleted() > 0) {
      sum.append(" + %,d deleted (not checked)".formatted(total.deleted()));
    }
    if (total.lost() > 0) {
      sum.append(" + %,d lost".formatted(total.lost()));
    }
    sum.append(total.waiting() > 0 ? " + %,d waiting".formatted(total.waiting()) : "; 0 waiting");
    return verdict(verification, total) + ": " + sum;
  }

  private static String verdict(Verification verification, EpochCounts total) {
    if (verification.reconciles()) {
      return "Nothing lost and nothing doubled";
    }
    return "Does not reconcile, %,d lost, %,d doubled".formatted(total.lost(), total.doubled());
  }

  private static String number(long n) {
    return "%,d".formatted(n);
  }
}
