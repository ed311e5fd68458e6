package dev.millrace.dashboard.flow;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The stage that the others wait for. */
public enum Bottleneck {
  /** Nobody waits, or nobody works. */
  NONE,
  /** The producer: images come too slowly. */
  PRODUCER,
  /** The augmenters: images wait, and training waits for tensors. */
  AUGMENTERS,
  /** The trainer, what brings data to it included: data waits for it. */
  TRAINER,
  /** It cannot be told. */
  UNKNOWN;

  /**
   * What a trainer's verdict blames, by its words.
   *
   * @param verdict of a training metric; not empty
   */
  public static Bottleneck of(String verdict) {
    if (verdict.contains("images come too slowly")) {
      return PRODUCER;
    }
    if (verdict.contains("reading them is too slow") || verdict.contains("--augment-threads")) {
      return TRAINER;
    }
    return verdict.contains("augmenter") || verdict.contains("faster processors")
        ? AUGMENTERS
        : UNKNOWN;
  }

  /** As in JSON: lower case. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
