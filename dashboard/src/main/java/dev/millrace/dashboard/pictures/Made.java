package dev.millrace.dashboard.pictures;

import java.util.Optional;

/**
 * What came of making a picture.
 *
 * @param png the picture, or nothing if none can be made
 */
record Made(Optional<byte[]> png) {
  private static final int OBJECT_BYTES = 200;

  /** What it takes of memory, about. */
  long bytes() {
    return OBJECT_BYTES + png.map(picture -> (long) picture.length).orElse(0L);
  }
}
