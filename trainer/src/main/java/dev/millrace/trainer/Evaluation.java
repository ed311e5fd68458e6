package dev.millrace.trainer;

import org.jspecify.annotations.Nullable;

/**
 * How well the network does on the validation split.
 *
 * @param step steps done when it was measured
 * @param epoch the epoch of that step, from 0
 * @param loss mean softmax cross-entropy, in nats
 * @param top1Error share, from 0 to 1, of images whose class is not the likeliest
 * @param top5Error share, from 0 to 1, of images whose class is not among the five likeliest
 * @param images images evaluated
 * @param tenCrops the errors on ten crops of each image, or null if they were not asked for
 */
public record Evaluation(
    long step,
    int epoch,
    double loss,
    double top1Error,
    double top5Error,
    long images,
    @Nullable TenCropErrors tenCrops) {}
