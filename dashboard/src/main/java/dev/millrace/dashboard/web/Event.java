package dev.millrace.dashboard.web;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Something that clients are told, encoded once for all of them, and the way to the next one. Those
 * that every client has passed are forgotten.
 */
final class Event {
  private final @Nullable String run;
  private final byte[] bytes;
  private final long end;
  private volatile @Nullable Event next;

  private Event(@Nullable String run, byte[] bytes, long end) {
    this.run = run;
    this.bytes = bytes;
    this.end = end;
  }

  /** The one before all others. */
  static Event first() {
    return new Event(null, new byte[0], 0);
  }

  /** Puts one behind this, the last one. */
  Event append(@Nullable String ofRun, byte[] encoded) {
    Event appended = new Event(ofRun, encoded, end + encoded.length);
    next = appended;
    return appended;
  }

  @Nullable Event next() {
    return next;
  }

  /** The run that it is about, or null where it is for all clients. */
  @Nullable String run() {
    return run;
  }

  /** As it is sent; not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  /** Bytes of all events up to this one. */
  long end() {
    return end;
  }

  /**
   * An event as it is sent.
   *
   * @param data one line of JSON
   */
  static byte[] encode(String name, long id, byte[] data) {
    byte[] head =
        "event: %s\nid: %d\ndata: ".formatted(name, id).getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[head.length + data.length + 2];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(data, 0, all, head.length, data.length);
    all[all.length - 2] = '\n';
    all[all.length - 1] = '\n';
    return all;
  }
}
