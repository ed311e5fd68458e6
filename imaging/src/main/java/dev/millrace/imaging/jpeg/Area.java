package dev.millrace.imaging.jpeg;

/**
 * A rectangle of an image's pixels, not empty and within the image.
 *
 * @param top first row
 * @param left first column
 * @param height rows
 * @param width columns
 */
public record Area(int top, int left, int height, int width) {}
