package dev.millrace.pipeline.speed;

/**
 * How fast steps went.
 *
 * @param steps how many were timed
 * @param images in all of them
 * @param seconds wall-clock time of all of them
 * @param cpuSeconds CPU time of this process meanwhile
 * @param medianMillis time of the step in the middle, in milliseconds
 * @param p95Millis time that 95 of 100 steps did not go over, in milliseconds
 * @param dataWaitShare share of the time, from 0 to 1, spent waiting for images
 * @param residentGrowthBytes by how much the process had more memory after the last step than after
 *     the first; 0 where the system does not tell
 * @param checkpointPauseMillis by how much longer than others the step took that began a checkpoint
 *     of all weights, in milliseconds; 0 where there was none
 */
public record StepSpeed(
    int steps,
    long images,
    double seconds,
    double cpuSeconds,
    double medianMillis,
    double p95Millis,
    double dataWaitShare,
    long residentGrowthBytes,
    double checkpointPauseMillis) {

  /** Images a second. */
  public double imagesPerSecond() {
    return images / seconds;
  }

  /** Images a second of CPU time. */
  public double imagesPerCpuSecond() {
    return images / cpuSeconds;
  }
}
