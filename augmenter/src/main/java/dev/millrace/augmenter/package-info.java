/**
 * Turns images into tensors: start with {@link dev.millrace.augmenter.Augmenter}, the topology, and
 * {@link dev.millrace.augmenter.AugmenterService}, which runs it.
 */
@NullMarked
package dev.millrace.augmenter;

import org.jspecify.annotations.NullMarked;
