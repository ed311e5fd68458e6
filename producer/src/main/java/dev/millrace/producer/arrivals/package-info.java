/**
 * Images on their way from where they arrive to the one that publishes them: begin with {@link
 * dev.millrace.producer.arrivals.ArrivalQueue}.
 */
@NullMarked
package dev.millrace.producer.arrivals;

import org.jspecify.annotations.NullMarked;
