package dev.millrace.augmenter;

import java.util.ArrayList;
import java.util.List;

/** An exception and its causes. */
final class ExceptionChain {
  private static final int LONGEST = 50;

  private ExceptionChain() {}

  static List<Throwable> of(Throwable thrown) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable t = thrown; t != null && chain.size() < LONGEST; t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }
}
