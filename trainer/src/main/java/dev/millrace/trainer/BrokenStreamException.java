package dev.millrace.trainer;

/** A tensors topic holds records in an order that no producer writes. */
public final class BrokenStreamException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BrokenStreamException(String message) {
    super(message);
  }
}
