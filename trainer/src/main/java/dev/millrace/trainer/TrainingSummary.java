package dev.millrace.trainer;

import org.jspecify.annotations.Nullable;

/**
 * What a run has come to.
 *
 * @param run the run's name
 * @param step steps done since the run's beginning
 * @param epochs whole epochs done since then
 * @param images images trained on since then
 * @param missing sequences without a tensor since then: dead letters of earlier services
 * @param deadLetters tensors that the trainer wrote to the dead letters since then
 * @param evaluation the last evaluation, or null
 * @param imagesPerSecond images a second since this start, evaluations left out
 * @param dataWaitShare share of that time, from 0 to 1, spent waiting for tensors
 * @param checkpointStep step of the newest checkpoint, or 0
 * @param stopped whether it was stopped before its goal
 * @param finishedBefore whether the goal had been reached before this start
 */
public record TrainingSummary(
    String run,
    long step,
    int epochs,
    long images,
    long missing,
    long deadLetters,
    @Nullable Evaluation evaluation,
    double imagesPerSecond,
    double dataWaitShare,
    long checkpointStep,
    boolean stopped,
    boolean finishedBefore) {}
