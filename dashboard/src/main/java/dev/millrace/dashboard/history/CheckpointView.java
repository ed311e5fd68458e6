package dev.millrace.dashboard.history;

import org.jspecify.annotations.Nullable;

/**
 * A checkpoint.
 *
 * @param run its run
 * @param step steps done
 * @param epoch epoch to go on with
 * @param createdAt when it was written, in epoch milliseconds
 * @param bytes length of the weights and momenta
 * @param parameters trained parameters
 * @param sha256 of those bytes, hexadecimal
 * @param top1Error on the validation split, of the evaluation at that step or the one before it
 * @param top5Error the same
 * @param kept whether its bytes are still there
 */
public record CheckpointView(
    String run,
    long step,
    int epoch,
    long createdAt,
    long bytes,
    long parameters,
    String sha256,
    @Nullable Double top1Error,
    @Nullable Double top5Error,
    boolean kept) {}
