package dev.millrace.producer.dataset;

import dev.millrace.imaging.KeyedRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Chooses the validation images of a dataset that has no folders for its splits. */
final class HeldOut {
  private HeldOut() {}

  /**
   * Of every class the fraction, rounded, with the smallest hash of seed and path; at least one
   * image of a class stays. So an image's split does not change when others come or go, but at the
   * edge.
   */
  static boolean[] choose(ImageFiles files, Labels labelled, double fraction, long seed) {
    int[] labels = labelled.labels();
    boolean[] heldOut = new boolean[labels.length];
    if (fraction == 0) {
      return heldOut;
    }
    long[] hashes = new long[labels.length];
    List<List<Integer>> byClass = new ArrayList<>();
    for (int label = 0; label < labelled.synsets().size(); label++) {
      byClass.add(new ArrayList<>());
    }
    for (int i = 0; i < labels.length; i++) {
      byClass.get(labels[i]).add(i);
      hashes[i] = new KeyedRandom(seed, 0, files.path(i)).nextLong();
    }
    for (List<Integer> members : byClass) {
      int count = (int) Math.min(members.size() - 1, Math.rint(members.size() * fraction));
      if (count < 1) {
        continue;
      }
      members.sort(Comparator.comparingLong(i -> hashes[i]));
      members.subList(0, count).forEach(i -> heldOut[i] = true);
    }
    return heldOut;
  }
}
