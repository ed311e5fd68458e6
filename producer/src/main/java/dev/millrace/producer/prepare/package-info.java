/** Writes a dataset once more, as shards of small JPEGs: start with {@code Preparation}. */
@NullMarked
package dev.millrace.producer.prepare;

import org.jspecify.annotations.NullMarked;
