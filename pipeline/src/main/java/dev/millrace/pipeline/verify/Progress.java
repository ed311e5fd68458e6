package dev.millrace.pipeline.verify;

/** Hears how far the reading is. */
@FunctionalInterface
public interface Progress {
  /**
   * So many records of a topic have been read; told often.
   *
   * @param topic the topic's name
   */
  void read(String topic, long records);
}
