package dev.millrace.dashboard.web;

import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.jspecify.annotations.Nullable;

/** One client's way along the events. Holds 64 KiB of them; the others are shared. */
final class EventStream extends IteratingCallback {
  private static final int WRITE_BYTES = 64 << 10;

  private final Set<String> runs;
  private final Request request;
  private final Response response;
  private final Callback callback;
  private final Consumer<EventStream> whenEnded;
  private final ByteBuffer buffer = ByteBuffer.allocate(WRITE_BYTES);

  // What process() alone uses.
  private Event at;
  private byte[] sending;
  private int sent;
  private boolean farewellSent;

  private volatile long passed; // bytes of all events up to the one that is being sent
  private volatile long writingSince; // 0: nothing is being written
  private volatile byte @Nullable [] farewell;
  private volatile long endedAt;

  /**
   * A client.
   *
   * @param runs that it wants to hear of; empty for all
   * @param greeting what it is sent first
   * @param last the event behind which it begins
   * @param whenEnded hears of its end, once
   */
  EventStream(
      Set<String> runs,
      Request request,
      Response response,
      Callback callback,
      byte[] greeting,
      Event last,
      Consumer<EventStream> whenEnded) {
    this.runs = runs;
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.sending = greeting;
    this.at = last;
    this.passed = last.end();
    this.whenEnded = whenEnded;
  }

  /** Bytes of events that it has still to be sent, given the last one. */
  long behind(Event last) {
    return last.end() - passed;
  }

  /** Since when, in nanoseconds, it has taken nothing of what is being written; 0 if it takes. */
  long writingSince() {
    return writingSince;
  }

  /** When it was told its end, in nanoseconds; 0 if it was not. */
  long endedAt() {
    return endedAt;
  }

  /** Sends it nothing any more but a last event, behind the one that is under way. */
  void end(byte[] last, long now) {
    if (farewell == null) {
      endedAt = now;
      farewell = last;
      iterate();
    }
  }

  /** Ends its connection, whatever is under way. */
  void cut() {
    request.getConnectionMetaData().getConnection().getEndPoint().close();
  }

  @Override
  protected Action process() {
    buffer.clear();
    while (buffer.hasRemaining() && (sent < sending.length || advance())) {
      int count = Math.min(buffer.remaining(), sending.length - sent);
      buffer.put(sending, sent, count);
      sent += count;
    }
    if (buffer.position() == 0) {
      writingSince = 0;
      return farewellSent ? Action.SUCCEEDED : Action.IDLE;
    }
    buffer.flip();
    writingSince = System.nanoTime() | 1;
    response.write(false, buffer, this);
    return Action.SCHEDULED;
  }

  // To the next event that it wants; false if there is none.
  private boolean advance() {
    byte[] last = farewell;
    if (last != null) {
      boolean first = !farewellSent;
      farewellSent = true;
      sending = last;
      sent = first ? 0 : last.length;
      return first;
    }
    for (Event next = at.next(); next != null; next = at.next()) {
      at = next;
      passed = next.end() - next.bytes().length;
      if (next.run() == null || runs.isEmpty() || runs.contains(next.run())) {
        sending = next.bytes();
        sent = 0;
        return sending.length > 0;
      }
    }
    passed = at.end();
    return false;
  }

  @Override
  protected void onCompleteSuccess() {
    whenEnded.accept(this);
    callback.succeeded();
  }

  @Override
  protected void onCompleteFailure(Throwable cause) {
    whenEnded.accept(this);
    callback.failed(cause);
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }
}
