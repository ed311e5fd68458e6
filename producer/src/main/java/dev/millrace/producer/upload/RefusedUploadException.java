package dev.millrace.producer.upload;

/** An upload is not taken; the message tells the client why and what to do. */
final class RefusedUploadException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int retryAfterSeconds;

  /**
   * A refusal that another attempt does not change.
   *
   * @param status HTTP's, from 400
   */
  RefusedUploadException(int status, String message) {
    this(status, message, 0);
  }

  /**
   * A refusal that passes.
   *
   * @param retryAfterSeconds after how long to try again, 0 for never
   */
  RefusedUploadException(int status, String message, int retryAfterSeconds) {
    super(message);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  int status() {
    return status;
  }

  int retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
