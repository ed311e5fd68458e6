/** Measurements of Millrace: start with {@link dev.millrace.benchmarks.AugmentBenchmark}. */
@NullMarked
package dev.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
