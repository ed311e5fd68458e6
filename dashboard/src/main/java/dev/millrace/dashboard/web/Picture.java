package dev.millrace.dashboard.web;

/**
 * A picture to send.
 *
 * @param png its bytes; not to be changed
 * @param immutable whether its address will never show another
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Picture(byte[] png, boolean immutable) {}
