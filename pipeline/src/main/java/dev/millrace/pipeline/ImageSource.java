package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.schemas.Topics;
import java.util.Map;
import java.util.function.Consumer;

/** Where the images come from that all services in one process work on. */
interface ImageSource {
  /** Number of classes that there are, or may come to be. */
  int classes();

  /** Training images of an epoch, or -1 where they are not known. */
  long trainingImages();

  /** Validation images, as far as they are known. */
  long validationImages();

  /** What there is, for people. */
  String description();

  /**
   * Begins to publish.
   *
   * @param failed told what it failed with, in another thread
   * @return closed to stop it
   * @throws CannotStartException if the images cannot be read
   */
  Publishing publish(Topics topics, Map<String, Object> kafka, Consumer<Exception> failed)
      throws CannotStartException;
}
