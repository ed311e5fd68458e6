package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;

/**
 * A checkpoint in the topics.
 *
 * @param manifest its description
 * @param available whether its chunks have not been deleted yet
 */
public record StoredCheckpoint(CheckpointManifest manifest, boolean available) {}
