package dev.millrace.trainer.model;

import java.util.ArrayList;
import java.util.List;

/**
 * A part of the stored images that the network looks at.
 *
 * @param top first row, from 0
 * @param left first column, from 0
 * @param mirrored whether left and right are exchanged
 */
record View(int top, int left, boolean mirrored) {
  /** Square images whole, if the network takes them in that size; else their centre. */
  static View centre(int stored, int input) {
    int margin = (stored - input) / 2;
    return new View(margin, margin, false);
  }

  /**
   * The four corners and the centre, and their mirror images (section 4.1 of the paper). Where the
   * network takes the images whole the five are one, and two views have the ten's average.
   */
  static List<View> ten(int stored, int input) {
    int far = stored - input;
    View centre = centre(stored, input);
    if (far == 0) {
      return List.of(centre, new View(0, 0, true));
    }
    List<View> views = new ArrayList<>();
    for (boolean mirrored : new boolean[] {false, true}) {
      views.add(new View(0, 0, mirrored));
      views.add(new View(0, far, mirrored));
      views.add(new View(far, 0, mirrored));
      views.add(new View(far, far, mirrored));
      views.add(new View(centre.top(), centre.left(), mirrored));
    }
    return views;
  }
}
