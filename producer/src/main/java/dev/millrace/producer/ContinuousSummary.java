package dev.millrace.producer;

/**
 * What one run published of what arrived.
 *
 * @param images training and validation images
 * @param bytes their encoded bytes
 * @param deadLetters images that could not be taken
 */
public record ContinuousSummary(long images, long bytes, long deadLetters) {}
