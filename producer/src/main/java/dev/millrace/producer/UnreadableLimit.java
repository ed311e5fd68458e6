package dev.millrace.producer;

/**
 * Bounds the loss: stops the producer when most of the latest files cannot be read, as when their
 * disk has gone.
 */
final class UnreadableLimit {
  private static final int LEAST = 100;
  private static final int MOST = 1000;

  private int files;
  private int unreadable;

  void read() {
    count();
  }

  /**
   * Takes note of a dead letter.
   *
   * @param text what failed and why, for the message
   * @throws PublishException if they are more than half of at least 100 files
   */
  void unreadable(String text) {
    unreadable++;
    count();
    if (files >= LEAST && 2 * unreadable > files) {
      throw new PublishException(
          ("Cannot go on publishing: at most half of the files may be dead letters, found %d of the"
                  + " latest %d; the latest: %s. Is the disk there? The same command goes on")
              .formatted(unreadable, files, text));
    }
  }

  private void count() {
    files++;
    if (files >= MOST) {
      files /= 2;
      unreadable /= 2;
    }
  }
}
