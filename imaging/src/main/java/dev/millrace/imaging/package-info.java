/**
 * Pixels and what is done to them, without Kafka and TensorFlow: start with {@link
 * dev.millrace.imaging.ImageDecoders} and {@link dev.millrace.imaging.Resize}.
 */
@NullMarked
package dev.millrace.imaging;

import org.jspecify.annotations.NullMarked;
