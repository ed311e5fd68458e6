package dev.millrace.producer;

/**
 * What a replay published.
 *
 * @param epoch the epoch it is, of its own
 * @param images images
 * @param bytes their encoded bytes
 * @param left images left out, each told of
 */
public record ReplaySummary(int epoch, long images, long bytes, long left) {}
