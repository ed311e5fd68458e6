package dev.millrace.producer.dataset;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
   * The texts that a pattern stands for, in its order; itself where it has no braces.
   *
   * @throws DatasetException if a range counts down, or there are more than 100,000
   */
  static List<String> expand(String pattern, Object name) throws DatasetException {
    Set<String> expanded = new LinkedHashSet<>(); // {a{0..9},b} says b once
    expand(pattern, name, expanded);
    return List.copyOf(expanded);
  }

  private static void expand(String text, Object name, Set<String> expanded)
      throws DatasetException {
    Matcher group = GROUP.matcher(text);
    if (!group.find()) {
      expanded.add(text);
      if (expanded.size() > MOST) {
        throw new DatasetException("%s stands for more than %,d files".formatted(name, MOST));
      }
      return;
    }
    for (String word : words(group.group(1), name)) {
      expand(text.substring(0, group.start()) + word + text.substring(group.end()), name, expanded);
    }
  }

  private static List<String> words(String group, Object name) throws DatasetException {
    Matcher range = RANGE.matcher(group);
    if (!range.matches()) {
      return List.of(group.split(",", -1));
    }
    int first = Integer.parseInt(range.group(1));
    int last = Integer.parseInt(range.group(2));
    if (first > last || last - first >= MOST) {
      throw new DatasetException(
          "%s: {%s} must count up, to %,d numbers at most".formatted(name, group, MOST));
    }
    int width = range.group(1).length();
    List<String> words = new ArrayList<>();
    for (int number = first; number <= last; number++) {
      words.add(("%0" + width + "d").formatted(number));
    }
    return words;
  }
}
