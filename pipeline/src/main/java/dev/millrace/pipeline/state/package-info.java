/** The folder that a run keeps its state in. */
@NullMarked
package dev.millrace.pipeline.state;

import org.jspecify.annotations.NullMarked;
