package dev.millrace.producer.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends transfers that give no byte for a while: the HTTP client has a limit for the answer's begin,
 * none for its body.
 */
final class Stalls implements AutoCloseable {
  static final Duration USUAL = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(Stalls.class);

  private final Duration limit;
  private final ScheduledThreadPoolExecutor clock =
      new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("stalls").daemon().factory());

  /** Ends what takes longer than the limit for one read. */
  Stalls(Duration limit) {
    this.limit = limit;
    clock.setRemoveOnCancelPolicy(true);
  }

  /** The same bytes, with the limit. */
  InputStream guard(InputStream in) {
    return new Guarded(in);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }

  private final class Guarded extends FilterInputStream {
    Guarded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      ScheduledFuture<?> alarm = clock.schedule(this::end, limit.toMillis(), TimeUnit.MILLISECONDS);
      try {
        int read = super.read(bytes, offset, count);
        if (read < 0 && alarm.isDone()) {
          throw new IOException("closed");
        }
        return read;
      } catch (IOException e) {
        throw alarm.isDone() ? new IOException("no byte came for " + limit, e) : e;
      } finally {
        alarm.cancel(false);
      }
    }

    private void end() {
      try {
        in.close();
      } catch (IOException e) {
        LOG.debug("Closing a transfer that stalls", e);
      }
    }
  }
}
