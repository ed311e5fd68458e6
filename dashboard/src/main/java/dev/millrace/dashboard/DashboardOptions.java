package dev.millrace.dashboard;

import dev.millrace.dashboard.web.WebOptions;

/**
 * How the dashboard is served.
 *
 * @param web where, and to whom
 * @param historyBytes memory for points, at least 16 MiB
 * @param version the program's, shown on the page
 */
public record DashboardOptions(WebOptions web, long historyBytes, String version) {
  /** Enough for a million points of each of eight values. */
  public static final long USUAL_HISTORY_BYTES = 128 << 20;

  private static final long LEAST_HISTORY_BYTES = 16 << 20;

  /**
   * Checks the memory.
   *
   * @throws IllegalArgumentException if it is too little
   */
  public DashboardOptions {
    requireHistory(historyBytes);
  }

  /**
   * Checks the memory alone.
   *
   * @throws IllegalArgumentException if it is too little
   */
  public static void requireHistory(long bytes) {
    if (bytes < LEAST_HISTORY_BYTES) {
      throw new IllegalArgumentException(
          "--history-memory must be at least %d MiB, found %d bytes"
              .formatted(LEAST_HISTORY_BYTES >> 20, bytes));
    }
  }
}
