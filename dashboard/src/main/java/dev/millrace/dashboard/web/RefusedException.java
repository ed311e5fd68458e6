package dev.millrace.dashboard.web;

/** Why a request is not answered. */
final class RefusedException extends Exception {
  private final int status;

  /**
   * A refusal.
   *
   * @param status HTTP's
   * @param message a sentence for the client
   */
  RefusedException(int status, String message) {
    super(message);
    this.status = status;
  }

  static RefusedException bad(String message) {
    return new RefusedException(400, message);
  }

  int status() {
    return status;
  }
}
