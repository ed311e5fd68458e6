/** Folders: the one that a run keeps its state in, and those that do not stay. */
@NullMarked
package dev.millrace.pipeline.state;

import org.jspecify.annotations.NullMarked;
