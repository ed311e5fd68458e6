package dev.millrace.augmenter;

/** A record on an images topic breaks the schema's rules in a way that Avro cannot see. */
final class RejectedImageException extends Exception {
  private static final long serialVersionUID = 1L;

  RejectedImageException(String message) {
    super(message);
  }
}
