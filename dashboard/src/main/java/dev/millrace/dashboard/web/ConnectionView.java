package dev.millrace.dashboard.web;

import org.jspecify.annotations.Nullable;

/**
 * Whether the brokers answer.
 *
 * @param connected whether they do
 * @param problem a sentence about what is amiss, or null
 */
public record ConnectionView(boolean connected, @Nullable String problem) {}
