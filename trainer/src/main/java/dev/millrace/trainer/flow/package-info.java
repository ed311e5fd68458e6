/**
 * Looks at the stream that a trainer reads, beside the training: how many images wait and where,
 * what became of those passed, and which part is short when training waits.
 */
@NullMarked
package dev.millrace.trainer.flow;

import org.jspecify.annotations.NullMarked;
