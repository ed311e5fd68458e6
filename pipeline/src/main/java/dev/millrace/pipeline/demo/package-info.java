/** Draws the images that {@code millrace demo} trains on. */
@NullMarked
package dev.millrace.pipeline.demo;

import org.jspecify.annotations.NullMarked;
