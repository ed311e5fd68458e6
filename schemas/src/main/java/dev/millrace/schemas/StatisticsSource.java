package dev.millrace.schemas;

import java.util.Locale;

/** Whose colors' statistics a service goes by. */
public enum StatisticsSource {
  /** Those that were published for the dataset that the network or augmentation was made for. */
  PUBLISHED,

  /** The dataset's own, from the topic of statistics. */
  DATASET;

  /** The name that users write. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
