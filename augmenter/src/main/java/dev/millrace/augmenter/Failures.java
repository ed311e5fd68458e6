package dev.millrace.augmenter;

import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;

/** Judges what stopped a stream thread: what to do about it, and what to tell the user. */
final class Failures {
  private Failures() {}

  /** Whether another thread in its place may well succeed. */
  static boolean passing(Throwable thrown) {
    for (Throwable cause : ExceptionChain.of(thrown)) {
      if (cause instanceof Error
          || cause instanceof AugmenterFailedException
          || cause instanceof RecordTooLargeException) {
        return false;
      }
    }
    return ExceptionChain.of(thrown).stream().anyMatch(RetriableException.class::isInstance);
  }

  /** Says in words what happened and which setting to look at. */
  static AugmenterFailedException explained(Throwable thrown, AugmenterOptions options) {
    for (Throwable cause : ExceptionChain.of(thrown)) {
      switch (cause) {
        case AugmenterFailedException known -> {
          return known;
        }
        case RecordTooLargeException tooLarge -> {
          return new AugmenterFailedException(
              ("Cannot publish a tensor or dead letter: it must fit into max-record-bytes, which is"
                      + " %d, and into the topic's max.message.bytes. Raise both, or make crop"
                      + " smaller: %s")
                  .formatted(options.maxRecordBytes(), tooLarge.getMessage()),
              thrown);
        }
        case FencedInstanceIdException _ -> {
          return new AugmenterFailedException(
              "Cannot go on augmenting: another augmenter runs under instance-id \"%s\"; give each its own"
                  .formatted(options.instanceId()),
              thrown);
        }
        case MissingSourceTopicException missing -> {
          return new AugmenterFailedException(
              "Cannot go on augmenting: an images topic was deleted: " + missing.getMessage(),
              thrown);
        }
        default -> {}
      }
    }
    return new AugmenterFailedException("Cannot go on augmenting: " + thrown, thrown);
  }
}
