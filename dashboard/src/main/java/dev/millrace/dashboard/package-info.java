/** Shows what trainers and augmenters publish about themselves. */
@NullMarked
package dev.millrace.dashboard;

import org.jspecify.annotations.NullMarked;
