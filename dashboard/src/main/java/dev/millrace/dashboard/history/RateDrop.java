package dev.millrace.dashboard.history;

/**
 * A step at which the learning rate was lower than before.
 *
 * @param step the first step with the lower rate
 * @param time when that was, in epoch milliseconds
 * @param from the rate before
 * @param to the rate from there on
 */
public record RateDrop(long step, long time, double from, double to) {}
