package dev.millrace.augmenter;

import java.util.Locale;

/** The steps that an image goes through, as dead letters and meters name them. */
enum Stage {
  READ,
  DECODE,
  AUGMENT,
  /** Never a dead letter's: what goes wrong here stops the augmenter. */
  SEND;

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
