package dev.millrace.pipeline.cli;

/** The process's exit codes; the README lists them. */
public final class ExitCode {
  /** Done. */
  public static final int OK = 0;

  /** Something failed while the command ran. */
  public static final int FAILED = 1;

  /** Wrong options. */
  public static final int USAGE = 2;

  /** The options are right, but something else is not as it must be: data, folder, broker, GPU. */
  public static final int CANNOT_START = 3;

  /** Stopped by Ctrl-C. The JVM itself ends with it after SIGINT (143 after SIGTERM). */
  public static final int INTERRUPTED = 130;

  /**
   * Of a process that trains in a team of workers, and only to the process that started it: the
   * team cannot go on.
   */
  public static final int TEAM_ENDED = 75;

  private ExitCode() {}
}
