package dev.millrace.dashboard.pictures;

/** Too many pictures are wanted at the same time; the next moment will do. */
public final class PicturesBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PicturesBusyException() {
    super("Too many pictures are being made at the same time: ask again in a moment");
  }
}
