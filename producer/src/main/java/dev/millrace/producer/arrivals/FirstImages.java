package dev.millrace.producer.arrivals;

import java.util.List;
import java.util.Map;

/**
 * What is there when a stream begins: its classes so far, and the images that it is validated with
 * from then on. Asked only while the validation split is not published whole.
 */
public interface FirstImages {
  /** Names of classes for people, by synset, in the order in which they are to be numbered. */
  Map<String, String> classes();

  /** The validation images, read one by one. */
  Iterable<IncomingImage> validation();

  /** No classes and no images. */
  FirstImages NONE =
      new FirstImages() {
        @Override
        public Map<String, String> classes() {
          return Map.of();
        }

        @Override
        public Iterable<IncomingImage> validation() {
          return List.of();
        }
      };
}
