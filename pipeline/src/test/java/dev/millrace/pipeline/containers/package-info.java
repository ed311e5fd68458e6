/** Tests of the services in containers. */
@NullMarked
package dev.millrace.pipeline.containers;

import org.jspecify.annotations.NullMarked;
