/** Finds and reads labeled images: start with {@link dev.millrace.producer.dataset.Dataset}. */
@NullMarked
package dev.millrace.producer.dataset;

import org.jspecify.annotations.NullMarked;
