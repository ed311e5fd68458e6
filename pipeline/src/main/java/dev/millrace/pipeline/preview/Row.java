package dev.millrace.pipeline.preview;

import dev.millrace.imaging.Pixels;
import java.util.List;

/** What a contact sheet shows of one image. */
public sealed interface Row {
  /** Its class, for people. */
  String className();

  /** Its path below the dataset's root. */
  String id();

  /**
   * An image and what becomes of it.
   *
   * @param original all of the image, fitted into a cell
   * @param versions what the trainer gets, epoch by epoch
   */
  record Versions(String className, String id, Pixels original, List<Pixels> versions)
      implements Row {}

  /**
   * An image that nothing becomes of.
   *
   * @param reason why, for people
   */
  record Failed(String className, String id, String reason) implements Row {}
}
