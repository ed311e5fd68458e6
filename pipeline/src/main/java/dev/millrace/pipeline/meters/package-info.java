/** What Kafka's clients measure, for scrapers: see {@code KafkaMeters}. */
@NullMarked
package dev.millrace.pipeline.meters;

import org.jspecify.annotations.NullMarked;
