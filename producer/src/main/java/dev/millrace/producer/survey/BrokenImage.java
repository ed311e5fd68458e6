package dev.millrace.producer.survey;

/**
 * An image that would become a dead letter.
 *
 * @param source where it lies, for people
 * @param reason what is wrong with it
 */
public record BrokenImage(String source, String reason) {}
