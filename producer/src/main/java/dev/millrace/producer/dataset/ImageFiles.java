package dev.millrace.producer.dataset;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** The image files of one place, numbered from 0; all methods may be used by several threads. */
sealed interface ImageFiles extends AutoCloseable permits FolderFiles, StoredFiles, CifarFiles {
  Set<String> EXTENSIONS = Set.of("jpg", "jpeg", "jpe", "png", "webp", "gif");

  /** Number of image files. */
  int size();

  /** Path of a file below the place's root, with forward slashes. */
  String path(int index);

  /** Length of a file in bytes, as it is now. */
  long length(int index) throws IOException;

  /** The file's bytes, {@code most} of them at most. */
  byte[] read(int index, int most) throws IOException;

  /** Where a file lies, for people. */
  String source(int index);

  /** Number of files that were passed over since their names are not those of images. */
  long skipped();

  @Override
  default void close() throws IOException {
    // Files are opened for each image, and closed behind it.
  }

  /** Whether a path looks like an image that is meant to be seen. */
  static boolean isImage(String path) {
    int dot = path.lastIndexOf('.');
    return dot > 0
        && EXTENSIONS.contains(path.substring(dot + 1).toLowerCase(Locale.ROOT))
        && !isHidden(path);
  }

  private static boolean isHidden(String path) {
    return path.startsWith(".") || path.contains("/.");
  }
}
