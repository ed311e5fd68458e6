/** What must hold before anything is published; each check names the setting and the mend. */
@NullMarked
package dev.millrace.pipeline.checks;

import org.jspecify.annotations.NullMarked;
