package dev.millrace.dashboard.pictures;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pictures that were made already, and the news that one cannot be made. Those asked for the
 * longest ago go when there are too many bytes. Safe for use by several threads.
 */
final class PictureCache {
  private final Map<String, Made> pictures = new LinkedHashMap<>(16, 0.75f, true);
  private final long mostBytes;
  private long bytes;

  PictureCache(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** What came of it; null where that is not known. */
  synchronized @Nullable Made find(String key) {
    return pictures.get(key);
  }

  /** Keeps it, and gives it back. */
  synchronized Made keep(String key, Made made) {
    Made before = pictures.put(key, made);
    bytes += made.bytes() - (before == null ? 0 : before.bytes());
    Iterator<Made> oldest = pictures.values().iterator();
    while (bytes > mostBytes && oldest.hasNext()) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
    return made;
  }
}
