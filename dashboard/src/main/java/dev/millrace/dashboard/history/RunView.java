package dev.millrace.dashboard.history;

import org.jspecify.annotations.Nullable;

/**
 * A run at a glance. Times are epoch milliseconds, shares and errors from 0 to 1; null is unknown.
 *
 * @param name the run's name, whatever its trainer calls it
 * @param model the network's name, known from the first checkpoint on
 * @param state what it does
 * @param step steps done
 * @param epoch epoch of the newest step or of the next image
 * @param startedAt when the first record of it was written
 * @param updatedAt when the newest was
 * @param images images trained on
 * @param imagesPerSecond its speed
 * @param dataWaitShare share of the time that it waits for data
 * @param bestTop1Error the lowest on the validation split
 * @param bestTop1Step the step of that
 * @param bestTop5Error the lowest on the validation split
 * @param lossNow the newest minibatch's
 * @param learningRate the newest step's
 * @param verdict why it waits, or empty
 */
public record RunView(
    String name,
    @Nullable String model,
    RunState state,
    long step,
    int epoch,
    @Nullable Long startedAt,
    @Nullable Long updatedAt,
    @Nullable Long images,
    @Nullable Double imagesPerSecond,
    @Nullable Double dataWaitShare,
    @Nullable Double bestTop1Error,
    @Nullable Long bestTop1Step,
    @Nullable Double bestTop5Error,
    @Nullable Double lossNow,
    @Nullable Double learningRate,
    String verdict) {}
