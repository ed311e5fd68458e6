/**
 * Counts images by their places in the order of the stream, epoch and sequence, where offsets do
 * not tell: {@link Reach} counts, {@link TopicEnds} looks.
 */
@NullMarked
package dev.millrace.schemas.stream;

import org.jspecify.annotations.NullMarked;
