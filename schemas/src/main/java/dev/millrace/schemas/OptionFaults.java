package dev.millrace.schemas;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What is at fault with a user's options, gathered so that the user sees all of it at once. */
public final class OptionFaults {
  private final List<String> found = new ArrayList<>();

  /** Something else than a range is at fault. */
  public void add(String fault) {
    found.add(fault);
  }

  /** Adds all that others have found. */
  public void addAll(Collection<String> faults) {
    found.addAll(faults);
  }

  /** Checks that a whole number is from {@code least} to {@code most}. */
  public void range(String name, long value, long least, long most) {
    if (value < least || value > most) {
      add("%s must be from %d to %d, found %d".formatted(name, least, most, value));
    }
  }

  /**
   * Checks that a number is from {@code least} to {@code most}; NaN never is.
   *
   * @param rule the range in words, such as "from 0 to below 1"
   */
  public void range(String name, String rule, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      add("%s must be %s, found %s".formatted(name, rule, value));
    }
  }

  /**
   * Ends the checks.
   *
   * @param problem what cannot be done, such as "Cannot train with these options"
   * @throws IllegalArgumentException if anything is at fault, naming all of it
   */
  public void throwIfAny(String problem) {
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(problem + ": " + String.join("; ", found));
    }
  }
}
