/** Kafka within this process: for runs on one machine, and for the tests of all services. */
@NullMarked
package dev.millrace.broker;

import org.jspecify.annotations.NullMarked;
