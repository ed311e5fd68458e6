package dev.millrace.producer.dataset;

import dev.millrace.schemas.Split;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Labels images by their paths. */
final class PathLabels {
  private PathLabels() {}

  /**
   * Labels all files of a place by the same {@link Layout}.
   *
   * @param names names of classes, by synset, where they are known better than by the paths
   * @throws DatasetException if a path names no class
   */
  static Labels of(ImageFiles files, Map<String, String> names) throws DatasetException {
    Layout layout = Layout.of(files);
    Layout.Place[] places = new Layout.Place[files.size()];
    Map<String, Layout.Place> canonical = new TreeMap<>();
    SortedMap<String, String> classes = new TreeMap<>();
    for (int i = 0; i < places.length; i++) {
      Layout.Place place = layout.place(files.path(i));
      // One object a class and split, however many images.
      places[i] = canonical.computeIfAbsent(place.split() + "/" + place.synset(), _ -> place);
      classes.putIfAbsent(place.synset(), names.getOrDefault(place.synset(), places[i].name()));
    }
    List<String> synsets = new ArrayList<>(classes.keySet());
    int[] labels = new int[places.length];
    boolean[] validation = new boolean[places.length];
    for (int i = 0; i < places.length; i++) {
      labels[i] = Collections.binarySearch(synsets, places[i].synset());
      validation[i] = places[i].split() == Split.VALIDATION;
    }
    return new Labels(
        synsets, new ArrayList<>(classes.values()), labels, layout.splits() ? validation : null);
  }
}
