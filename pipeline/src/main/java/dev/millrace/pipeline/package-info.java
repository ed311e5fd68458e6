/** The command line: start with {@code Millrace}. */
@NullMarked
package dev.millrace.pipeline;

import org.jspecify.annotations.NullMarked;
