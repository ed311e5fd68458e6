package dev.millrace.producer;

/**
 * What one run of a producer published.
 *
 * @param images images
 * @param bytes their encoded bytes
 * @param deadLetters images that could not be read or taken, or were too large
 */
public record ProducerSummary(long images, long bytes, long deadLetters) {}
