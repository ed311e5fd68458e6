/** One image's way through the services, for OpenTelemetry: see {@code ImageTraces}. */
@NullMarked
package dev.millrace.schemas.tracing;

import org.jspecify.annotations.NullMarked;
