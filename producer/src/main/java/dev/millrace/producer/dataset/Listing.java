package dev.millrace.producer.dataset;

import java.util.Map;

/**
 * The image files of a place, and what it says of its classes.
 *
 * @param names names of classes for people, by synset, where the place tells more than its paths do
 */
record Listing(ImageFiles files, Map<String, String> names) {
  static Listing of(ImageFiles files) {
    return new Listing(files, Map.of());
  }
}
