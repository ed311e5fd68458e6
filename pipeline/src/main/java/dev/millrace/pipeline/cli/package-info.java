/** Options that several commands share, and where their values come from. */
@NullMarked
package dev.millrace.pipeline.cli;

import org.jspecify.annotations.NullMarked;
