/**
 * Reads tensors in order, trains on them and publishes checkpoints and metrics: start with {@link
 * dev.millrace.trainer.Trainer}.
 */
@NullMarked
package dev.millrace.trainer;

import org.jspecify.annotations.NullMarked;
