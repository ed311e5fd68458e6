package dev.millrace.producer.dataset;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** The image files of one place, numbered from 0; all methods may be used by several threads. */
sealed interface ImageFiles permits FolderFiles, StoredFiles, CifarFiles, S3Objects {
  Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "jpe", "png", "webp", "gif");

  /** Paths of the files below the place's root, with forward slashes. */
  PathList paths();

  /** Length of a file in bytes, as it is now. */
  long length(int index) throws IOException;

  /**
   * The file's bytes, {@code most} of them at most, behind free room: what is to stand before them
   * can be put there, and they need not be copied.
   *
   * @param room bytes of that
   */
  byte[] read(int index, int room, int most) throws IOException;

  /** Where a file lies, for people. */
  String source(int index);

  /** Number of files that were passed over since their names are not those of images. */
  long skipped();

  /** Number of image files. */
  default int size() {
    return paths().size();
  }

  /** Path of a file. */
  default String path(int index) {
    return paths().get(index);
  }

  /** Whether a path looks like an image that is meant to be seen. */
  static boolean isImage(String path) {
    int dot = path.lastIndexOf('.');
    return dot > 0
        && EXTENSIONS.contains(path.substring(dot + 1).toLowerCase(Locale.ROOT))
        && !isHidden(path);
  }

  /** Bytes that were read without room, {@code most} of them at most, behind it. */
  static byte[] behind(int room, byte[] bytes, int most) {
    int length = Math.min(bytes.length, most);
    if (room == 0 && length == bytes.length) {
      return bytes;
    }
    byte[] all = new byte[Math.addExact(room, length)];
    System.arraycopy(bytes, 0, all, room, length);
    return all;
  }

  private static boolean isHidden(String path) {
    return path.startsWith(".") || path.contains("/.");
  }
}
