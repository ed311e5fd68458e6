/** Finds out what a dataset holds before anything is published. */
@NullMarked
package dev.millrace.producer.survey;

import org.jspecify.annotations.NullMarked;
