package dev.millrace.producer.follow;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What there is to say about a followed folder, said in a bounded number of lines. */
final class FolderNotes {
  private static final Logger LOG = LoggerFactory.getLogger(FolderNotes.class);
  private static final int MOST_LINES = 20;
  private static final long BETWEEN_NANOS = 60_000_000_000L;

  private long skippedTold;
  private boolean scanning;
  private long skippedNow;
  private long lateNow;
  private long lateTold;
  private long changed;
  private long unreadableTold = System.nanoTime() - BETWEEN_NANOS;

  void beginScan() {
    scanning = true;
    skippedNow = 0;
    lateNow = 0;
  }

  void endScan() {
    scanning = false;
    if (skippedNow != skippedTold) {
      LOG.info("{} files are no images by their names, or hidden: passed over", skippedNow);
    }
    skippedTold = skippedNow;
    if (lateNow > lateTold) {
      LOG.warn(
          "{} images lie below a folder for validation since the validation split was published:"
              + " passed over; images to train on lie in folders of classes, or below train",
          lateNow);
    }
    lateTold = lateNow;
  }

  /** A file is no image by its name. */
  void skip() {
    if (scanning) {
      skippedNow++;
    }
  }

  /** An image came to the validation split when that was published already. */
  void late(String id) {
    LOG.debug("Too late for the validation split: {}", id);
    if (scanning) {
      lateNow++;
    }
  }

  /** A file is not any more what was published under its path. */
  void changed(String id) {
    changed++;
    if (changed <= MOST_LINES) {
      LOG.warn(
          "{} has changed since it arrived: not published again; give it another name{}",
          id,
          changed == MOST_LINES ? " (no more such lines)" : "");
    }
  }

  /** Something cannot be read now. */
  void unreadable(Path path, Exception problem) {
    if (System.nanoTime() - unreadableTold >= BETWEEN_NANOS) {
      unreadableTold = System.nanoTime();
      LOG.warn("Cannot read {} ({}); trying again. Is the disk there?", path, problem.toString());
    }
  }
}
