package dev.millrace.pipeline.cli;

import dev.millrace.producer.RejectedImage;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Which of the images that became dead letters are meant. */
public final class DeadLetterOptions {
  @Option(
      names = "--image",
      paramLabel = "PATTERN",
      description =
          "Only images whose id is like this; * stands for any text, ? for any character. May be"
              + " given more than once.")
  private List<String> images = List.of();

  @Option(
      names = "--stage",
      paramLabel = "STAGE",
      description = "Only those that failed in this stage: read, decode or augment.")
  private List<String> stages = List.of();

  @Option(
      names = "--all",
      description = "Also images that were replayed since they became dead letters.")
  private boolean all;

  /** Whether an image is meant. */
  public Predicate<RejectedImage> filter() {
    List<Predicate<String>> patterns = images.stream().map(DeadLetterOptions::matcher).toList();
    return image ->
        (all || !image.isReplayed())
            && (stages.isEmpty() || stages.contains(image.stage()))
            && (patterns.isEmpty() || patterns.stream().anyMatch(p -> p.test(image.name())));
  }

  private static Predicate<String> matcher(String pattern) {
    String expression =
        Arrays.stream(pattern.splitWithDelimiters("[*?]", 0))
            .map(part ->
                switch (part) {
                  case "*" -> ".*";
                  case "?" -> ".";
                  default -> Pattern.quote(part);
                })
            .collect(Collectors.joining());
    return Pattern.compile(expression, Pattern.DOTALL).asMatchPredicate();
  }
}
