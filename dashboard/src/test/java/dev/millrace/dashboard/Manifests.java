package dev.millrace.dashboard;

import dev.millrace.schemas.CheckpointManifest;
import java.time.Instant;
import java.util.Map;

/** Descriptions of checkpoints as tests want them. */
public final class Manifests {
  private Manifests() {}

  /** A checkpoint of one chunk, which is at that offset. */
  public static CheckpointManifest of(String run, long step, long firstChunk, Instant createdAt) {
    return CheckpointManifest.newBuilder()
        .setRun(run)
        .setModel("alexnet")
        .setStep(step)
        .setEpoch(0)
        .setNextSequence(0)
        .setSeed(1)
        .setGroup("g-" + run)
        .setOffsets(Map.of())
        .setClassListId("c")
        .setParameters(60_000_000)
        .setState(Map.of())
        .setEnvironment(Map.of())
        .setFormat("safetensors")
        .setBytes(480_000_000)
        .setSha256("ab")
        .setChunks(1)
        .setFirstChunkOffset(firstChunk)
        .setCreatedAt(createdAt)
        .build();
  }
}
