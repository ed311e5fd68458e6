/** What was measured, from its topic and as text for scripts: start with {@code MetricsLog}. */
@NullMarked
package dev.millrace.pipeline.metrics;

import org.jspecify.annotations.NullMarked;
