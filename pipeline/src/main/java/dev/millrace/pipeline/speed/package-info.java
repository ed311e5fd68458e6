/** How fast training goes here, with images from memory and with tensors from a topic. */
@NullMarked
package dev.millrace.pipeline.speed;

import org.jspecify.annotations.NullMarked;
