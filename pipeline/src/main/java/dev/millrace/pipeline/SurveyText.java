package dev.millrace.pipeline;

import dev.millrace.producer.survey.BrokenImage;
import dev.millrace.producer.survey.SurveyReport;
import dev.millrace.producer.survey.SurveyReport.ClassCount;
import dev.millrace.producer.survey.SurveyReport.Spread;
import dev.millrace.schemas.Split;
import java.io.PrintWriter;
import java.util.List;

/** Prints what a dataset holds. */
final class SurveyText {
  private static final int MOST_CLASSES = 20;
  private static final int WIDEST_NAME = 32;

  private SurveyText() {}

  static void print(SurveyReport report, PrintWriter out) {
    out.printf(
        "%,d training and %,d validation images of %,d classes; %,d other files%n%n",
        report.images(Split.TRAIN),
        report.images(Split.VALIDATION),
        report.classes().size(),
        report.skippedFiles());
    printClasses(report.classes(), out);
    out.printf("%n%-12s %12s %12s %12s%n", "", "least", "median", "most");
    row(out, "bytes", report.sizes());
    row(out, "width", report.widths());
    row(out, "height", report.heights());
    out.printf("%n%,.1f MB of images in all%n", report.bytes() / 1e6);
    printBroken(report, out);
    out.flush();
  }

  private static void printClasses(List<ClassCount> classes, PrintWriter out) {
    out.printf("%-12s %-32s %10s %10s%n", "class", "name", "training", "validation");
    for (ClassCount one : classes.subList(0, Math.min(MOST_CLASSES, classes.size()))) {
      String name = one.name();
      out.printf(
          "%-12s %-32s %,10d %,10d%n",
          one.synset(),
          name.length() > WIDEST_NAME ? name.substring(0, WIDEST_NAME - 3) + "..." : name,
          one.of(Split.TRAIN),
          one.of(Split.VALIDATION));
    }
    if (classes.size() > MOST_CLASSES) {
      out.printf(
          "and %,d others, of %,d to %,d training images%n",
          classes.size() - MOST_CLASSES,
          classes.stream().mapToInt(one -> one.of(Split.TRAIN)).min().orElse(0),
          classes.stream().mapToInt(one -> one.of(Split.TRAIN)).max().orElse(0));
    }
  }

  private static void row(PrintWriter out, String name, Spread spread) {
    out.printf("%-12s %,12d %,12d %,12d%n", name, spread.least(), spread.median(), spread.most());
  }

  private static void printBroken(SurveyReport report, PrintWriter out) {
    if (report.broken() == 0) {
      out.println("No image is broken");
      return;
    }
    out.printf("%,d images are broken and would become dead letters:%n", report.broken());
    for (BrokenImage image : report.examples()) {
      out.printf("  %s: %s%n", image.source(), image.reason());
    }
    if (report.broken() > report.examples().size()) {
      out.printf("  and %,d others%n", report.broken() - report.examples().size());
    }
  }
}
