package dev.millrace.trainer;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How the learning rate changes as training goes on: it is divided by ten (section 5 of the paper)
 * at times that differ by the kind of schedule.
 */
public sealed interface LearningRateSchedule {
  /** The learning rate stays as it is. */
  record Constant() implements LearningRateSchedule {
    @Override
    public String text() {
      return "constant";
    }
  }

  /**
   * Divided by ten at the beginning of given epochs.
   *
   * @param epochs from 1, in rising order; epochs count from 0
   */
  record Steps(List<Integer> epochs) implements LearningRateSchedule {
    /**
     * Checks the epochs.
     *
     * @throws IllegalArgumentException if they are empty, below 1 or not in rising order
     */
    public Steps {
      epochs = List.copyOf(epochs);
      int last = 0;
      for (int epoch : epochs) {
        if (epoch <= last) {
          throw new IllegalArgumentException(
              "schedule steps needs rising epochs from 1, found " + epochs);
        }
        last = epoch;
      }
      if (epochs.isEmpty()) {
        throw new IllegalArgumentException("schedule steps needs at least one epoch, found none");
      }
    }

    @Override
    public String text() {
      return "steps:" + epochs.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
  }

  /**
   * Divided by ten when the validation error stops improving, as the paper did by hand, at most
   * three times. Needs evaluation.
   *
   * @param patience evaluations in a row without a new lowest top-1 error before it is divided, 1
   *     to 1000
   */
  record Plateau(int patience) implements LearningRateSchedule {
    /** The paper's "reduced three times prior to termination". */
    static final int MOST_DIVISIONS = 3;

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if patience is out of it
     */
    public Plateau {
      if (patience < 1 || patience > 1000) {
        throw new IllegalArgumentException(
            "schedule plateau needs a patience from 1 to 1000, found " + patience);
      }
    }

    @Override
    public String text() {
      return "plateau:" + patience;
    }
  }

  /** Evaluations that a plateau lasts where nothing else is said. */
  int DEFAULT_PATIENCE = 3;

  /** The schedule as {@link #parse} reads it. */
  String text();

  /**
   * Reads a schedule.
   *
   * @param text {@code constant}, {@code steps:30,60,80} (epochs), {@code plateau} or {@code
   *     plateau:3} (evaluations without improvement)
   * @throws IllegalArgumentException if it is none of these
   */
  static LearningRateSchedule parse(String text) {
    String[] parts = text.strip().split(":", 2);
    try {
      return switch (parts[0]) {
        case "constant" -> constant(parts, text);
        case "steps" -> new Steps(numbers(parts));
        case "plateau" -> new Plateau(parts.length == 1 ? DEFAULT_PATIENCE : single(parts, text));
        default -> throw unknown(text);
      };
    } catch (NumberFormatException e) {
      throw unknown(text);
    }
  }

  private static Constant constant(String[] parts, String text) {
    if (parts.length > 1) {
      throw unknown(text);
    }
    return new Constant();
  }

  private static int single(String[] parts, String text) {
    List<Integer> numbers = numbers(parts);
    if (numbers.size() != 1) {
      throw unknown(text);
    }
    return numbers.getFirst();
  }

  private static List<Integer> numbers(String[] parts) {
    String value = parts.length == 1 ? "" : parts[1];
    return Arrays.stream(value.split(",", -1)).map(n -> Integer.valueOf(n.strip())).toList();
  }

  private static IllegalArgumentException unknown(String text) {
    return new IllegalArgumentException(
        "schedule must be constant, steps:EPOCH,EPOCH,... or plateau[:EVALUATIONS], found \"%s\""
            .formatted(text));
  }
}
