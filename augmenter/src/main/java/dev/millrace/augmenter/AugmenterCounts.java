package dev.millrace.augmenter;

/**
 * What one augmenter has done since it was started. Work that was repeated after an aborted
 * transaction counts each time.
 *
 * @param images images that became tensors
 * @param deadLetters images that became dead letters
 * @param epochEnds epoch ends passed on, one a partition and epoch
 * @param imageBytes encoded bytes of those images
 * @param tensorBytes elements of those tensors, in bytes
 * @param busyNanos time spent in reading, decoding and augmenting, over all threads, in nanoseconds
 * @param heldBackPartitions partitions whose trainers are too far behind at this moment
 */
public record AugmenterCounts(
    long images,
    long deadLetters,
    long epochEnds,
    long imageBytes,
    long tensorBytes,
    long busyNanos,
    int heldBackPartitions) {}
