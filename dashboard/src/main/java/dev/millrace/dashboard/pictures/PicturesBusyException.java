package dev.millrace.dashboard.pictures;

import dev.millrace.dashboard.web.UnavailableException;

/** Too many pictures are wanted at the same time; the next moment will do. */
public final class PicturesBusyException extends UnavailableException {
  private static final long serialVersionUID = 1L;

  PicturesBusyException() {
    super("too many pictures are being made at the same time: ask again in a moment");
  }
}
