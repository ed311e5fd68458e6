/** Reconciles what was published with what became of it: start with {@code Verifier}. */
@NullMarked
package dev.millrace.pipeline.verify;

import org.jspecify.annotations.NullMarked;
