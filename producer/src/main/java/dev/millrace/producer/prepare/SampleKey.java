package dev.millrace.producer.prepare;

/**
 * The key that an image has in a WebDataset, where a key ends at the first dot of a file's name:
 * the image's id with its slashes, dots written {@code %2E} and percent signs {@code %25}.
 * Different ids have different keys.
 */
final class SampleKey {
  private SampleKey() {}

  static String of(String id) {
    return id.replace("%", "%25").replace(".", "%2E");
  }
}
