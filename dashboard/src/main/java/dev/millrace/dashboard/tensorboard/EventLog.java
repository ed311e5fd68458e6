package dev.millrace.dashboard.tensorboard;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events of one file in the order of their steps: where a step goes back, since training went
 * on from a checkpoint, a start tells readers to forget what there was from it on. Has 256 MiB at
 * most, and one more event; what comes then is left out. For one thread.
 */
final class EventLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
  private static final long MOST_BYTES = 256L << 20;

  private final Path path;
  private final EventFile file;
  private long lastStep;
  private boolean complained;

  /**
   * How far a file is right.
   *
   * @param length its bytes
   * @param lastStep step of its last event, -1 for none
   */
  record Mark(long length, long lastStep) {
    static final Mark NONE = new Mark(0, -1);
  }

  private EventLog(Path path, EventFile file, long lastStep) {
    this.path = path;
    this.file = file;
    this.lastStep = lastStep;
  }

  /**
   * Opens a log, or makes it.
   *
   * @throws IOException if it cannot be written, or is shorter than it was
   */
  static EventLog open(Path path, Mark mark) throws IOException {
    return new EventLog(path, EventFile.open(path, mark.length), mark.lastStep);
  }

  Mark mark() {
    return new Mark(file.length(), lastStep);
  }

  /** The step of the last event, -1 before there is one. */
  long lastStep() {
    return lastStep;
  }

  /** Takes what was measured from a step on for gone, if there is anything. */
  void goBackTo(Instant time, long step) throws IOException {
    if (step <= lastStep) {
      append(Events.start(time, step));
      lastStep = step - 1;
    }
  }

  /** Appends the event of a step. */
  void append(Instant time, long step, byte[] event) throws IOException {
    if (file.length() == 0) {
      file.append(Events.fileVersion(time));
      file.append(Events.start(time, 0));
    }
    goBackTo(time, step);
    append(event);
    lastStep = step;
  }

  private void append(byte[] event) throws IOException {
    if (file.length() < MOST_BYTES) {
      file.append(event);
    } else if (!complained) {
      complained = true;
      LOG.warn("{} has {} MiB: no more is written to it", path, MOST_BYTES >> 20);
    }
  }

  void flush() throws IOException {
    file.flush();
  }

  void force() throws IOException {
    file.force();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
