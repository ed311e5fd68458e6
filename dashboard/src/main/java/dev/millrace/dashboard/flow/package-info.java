/**
 * The stream as it flows just now, from its topics and the brokers: {@link Flow} looks, {@link
 * FlowView} is what was seen.
 */
@NullMarked
package dev.millrace.dashboard.flow;

import org.jspecify.annotations.NullMarked;
