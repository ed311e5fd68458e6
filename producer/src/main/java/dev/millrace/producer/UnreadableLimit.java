package dev.millrace.producer;

/**
 * Bounds the loss: tells when most of the latest images cannot be used, as when their disk has
 * gone.
 */
public final class UnreadableLimit {
  private static final int LEAST = 100;
  private static final int MOST = 1000;

  private int files;
  private int unreadable;

  /** Nothing was read yet. */
  public UnreadableLimit() {}

  /** An image could be used. */
  public void read() {
    count();
  }

  /** An image could not be used; whether those are more than half of at least 100. */
  public boolean unreadable() {
    unreadable++;
    count();
    return files >= LEAST && 2 * unreadable > files;
  }

  private void count() {
    files++;
    if (files >= MOST) {
      files /= 2;
      unreadable /= 2;
    }
  }

  /** How many could not be used, in words. */
  @Override
  public String toString() {
    return "%d of the latest %d".formatted(unreadable, files);
  }
}
