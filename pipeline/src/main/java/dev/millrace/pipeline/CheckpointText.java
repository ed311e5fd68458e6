package dev.millrace.pipeline;

import dev.millrace.schemas.CheckpointManifest;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** A checkpoint in words. */
final class CheckpointText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());

  private CheckpointText() {}

  /** Its epoch from 1, as people count; behind an epoch's last image it is that epoch still. */
  static int epoch(CheckpointManifest manifest) {
    return manifest.getNextSequence() == 0 && manifest.getStep() > 0
        ? manifest.getEpoch()
        : manifest.getEpoch() + 1;
  }

  /** When it was written, in this machine's time zone. */
  static String time(CheckpointManifest manifest) {
    return TIME.format(manifest.getCreatedAt());
  }

  /** Which one it is, for sentences. */
  static String name(CheckpointManifest manifest) {
    return "checkpoint of step %,d of run %s".formatted(manifest.getStep(), manifest.getRun());
  }
}
