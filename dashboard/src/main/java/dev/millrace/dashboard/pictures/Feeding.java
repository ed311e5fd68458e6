package dev.millrace.dashboard.pictures;

import java.util.List;

/**
 * What trainers were being fed at a moment.
 *
 * @param at when it was looked, milliseconds since 1970
 * @param images at most 12
 * @param why why there are none, in a sentence; empty where there are some
 */
record Feeding(long at, List<FedImage> images, String why) {
  Feeding {
    images = List.copyOf(images);
  }
}
