package dev.millrace.trainer;

import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was opened, the last first. For one thread. */
final class Closer implements AutoCloseable {
  /** Something that closes without a checked exception. */
  interface Closeable extends AutoCloseable {
    @Override
    void close();
  }

  private final Deque<Closeable> opened = new ArrayDeque<>();

  /** Will be closed before everything added earlier. */
  void add(Closeable closeable) {
    opened.push(closeable);
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
