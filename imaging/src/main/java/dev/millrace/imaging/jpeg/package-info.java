/**
 * Sequential JPEG, to the bits of libjpeg-turbo, and only the part that is wanted: start with
 * {@link dev.millrace.imaging.jpeg.SequentialDecoder}.
 */
@NullMarked
package dev.millrace.imaging.jpeg;

import org.jspecify.annotations.NullMarked;
