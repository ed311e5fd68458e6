package dev.millrace.trainer;

import dev.millrace.schemas.DeadLetter;
import io.opentelemetry.api.trace.SpanContext;
import java.util.List;

/**
 * Images to train on or to evaluate in one go.
 *
 * @param memory holds them
 * @param images number of images, from 0: an epoch may end behind a full minibatch
 * @param epoch their epoch, from 0
 * @param epochEnded whether the epoch ends with this minibatch
 * @param epochImages number of sequences in that epoch, or -1 while it goes on
 * @param begin where it begins
 * @param next where the next minibatch begins
 * @param bytesRead bytes of records read for it
 * @param passedOver sequences and tensors passed over since the minibatch before
 * @param digest the sum of its images' {@link ImageDigest}
 * @param letters dead letters since the minibatch before that a checkpoint is to publish
 * @param traced where those of its images were last that are traced; usually none, 32 at most
 */
record Minibatch<M extends MinibatchMemory>(
    M memory,
    int images,
    int epoch,
    boolean epochEnded,
    long epochImages,
    StreamPosition begin,
    StreamPosition next,
    long bytesRead,
    TensorCounts passedOver,
    long digest,
    List<DeadLetter> letters,
    List<SpanContext> traced) {}
