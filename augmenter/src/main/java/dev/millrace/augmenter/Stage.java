package dev.millrace.augmenter;

import java.util.Locale;

/** The steps that an image goes through, as dead letters name them. */
enum Stage {
  READ,
  DECODE,
  AUGMENT;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
