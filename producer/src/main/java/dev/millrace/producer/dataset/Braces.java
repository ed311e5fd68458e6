package dev.millrace.producer.dataset;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Patterns for file names as WebDataset and shells have them: {@code a-{000..146}.tar} counts, with
 * leading zeros as they stand there, and {@code {train,val}.tar} lists.
 */
final class Braces {
  private static final Pattern GROUP = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})\\.\\.(\\d{1,9})");
  private static final int MOST = 100_000;

  private Braces() {}

  /**
   * The paths that a pattern stands for, in its order; itself where it has no braces.
   *
   * @throws DatasetException if a range counts down, or there are more than 100,000
   */
  static List<Path> expand(Path pattern) throws DatasetException {
    List<String> expanded = new ArrayList<>();
    expand(pattern.toString(), pattern, expanded);
    return expanded.stream().map(Path::of).toList();
  }

  private static void expand(String text, Path pattern, List<String> expanded)
      throws DatasetException {
    Matcher group = GROUP.matcher(text);
    if (!group.find()) {
      expanded.add(text);
      if (expanded.size() > MOST) {
        throw new DatasetException("%s stands for more than %,d files".formatted(pattern, MOST));
      }
      return;
    }
    for (String word : words(group.group(1), pattern)) {
      expand(
          text.substring(0, group.start()) + word + text.substring(group.end()), pattern, expanded);
    }
  }

  private static List<String> words(String group, Path pattern) throws DatasetException {
    Matcher range = RANGE.matcher(group);
    if (!range.matches()) {
      return List.of(group.split(",", -1));
    }
    int first = Integer.parseInt(range.group(1));
    int last = Integer.parseInt(range.group(2));
    if (first > last || last - first >= MOST) {
      throw new DatasetException(
          "%s: {%s} must count up, to %,d numbers at most".formatted(pattern, group, MOST));
    }
    int width = range.group(1).length();
    List<String> words = new ArrayList<>();
    for (int number = first; number <= last; number++) {
      words.add(("%0" + width + "d").formatted(number));
    }
    return words;
  }
}
