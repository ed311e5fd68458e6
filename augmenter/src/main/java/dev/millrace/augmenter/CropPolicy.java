package dev.millrace.augmenter;

import java.util.Locale;

/** Which part of an image becomes a training tensor. */
public enum CropPolicy {
  /**
   * The shorter side is resized, the central square taken, and from it a crop at random: section 2
   * and 4.1 of Krizhevsky, Sutskever and Hinton (2012).
   */
  PAPER,

  /**
   * A part of random area and aspect ratio is resized to the crop: Szegedy et al. (2015), section
   * 6, as torchvision draws it.
   */
  RANDOM_RESIZED_CROP,

  /** The centre of the resized central square; nothing is random, not even flip and colors. */
  NONE;

  /** The name that users write. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
