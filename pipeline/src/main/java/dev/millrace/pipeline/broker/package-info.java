/** Kafka within this process, and the folder that it keeps its state in. */
@NullMarked
package dev.millrace.pipeline.broker;

import org.jspecify.annotations.NullMarked;
