/** What the dashboard remembers, within a bound: begin at {@code History}. */
@NullMarked
package dev.millrace.dashboard.history;

import org.jspecify.annotations.NullMarked;
