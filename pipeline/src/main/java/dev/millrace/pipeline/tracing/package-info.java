/** Sends traces of images to a collector: start with {@code Tracing}. */
@NullMarked
package dev.millrace.pipeline.tracing;

import org.jspecify.annotations.NullMarked;
