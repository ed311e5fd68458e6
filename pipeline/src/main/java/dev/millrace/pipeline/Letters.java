package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.DeadLetterOptions;
import dev.millrace.producer.RejectedImage;
import dev.millrace.producer.RejectedImages;
import dev.millrace.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The images that a command on dead letters is about.
 *
 * @param meant those that the options choose
 * @param others how many there are besides
 */
record Letters(List<RejectedImage> meant, int others) {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

  Letters {
    meant = List.copyOf(meant);
  }

  static Letters read(
      Service service, Map<String, Object> kafka, Topics topics, DeadLetterOptions options)
      throws CannotStartException, InterruptedException {
    service.requireBroker(kafka);
    service.requireTopic(kafka, topics.deadLetters());
    List<RejectedImage> all = RejectedImages.read(kafka, topics);
    List<RejectedImage> meant = all.stream().filter(options.filter()).toList();
    return new Letters(meant, all.size() - meant.size());
  }

  /** Why there is nothing to do. */
  String none(Topics topics) {
    return others == 0
        ? "No image is among the dead letters of topic %s".formatted(topics.deadLetters())
        : "None of the %,d images among the dead letters of topic %s is meant (--image, --stage, --all)"
            .formatted(others, topics.deadLetters());
  }

  /** A text from elsewhere, such that it cannot steer the terminal. */
  static String plain(String text) {
    return CONTROL.matcher(text).replaceAll("?");
  }
}
