/**
 * Pictures of what the topics hold: begin with {@link dev.millrace.dashboard.pictures.Pictures}.
 */
@NullMarked
package dev.millrace.dashboard.pictures;

import org.jspecify.annotations.NullMarked;
