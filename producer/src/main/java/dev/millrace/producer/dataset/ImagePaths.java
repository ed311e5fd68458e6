package dev.millrace.producer.dataset;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Finds the image files of a folder, as a dataset does. */
public final class ImagePaths {
  private ImagePaths() {}

  /** Whether a path below a folder is that of an image, by its name's end, and not hidden. */
  public static boolean isImage(String path) {
    return ImageFiles.isImage(path);
  }

  /**
   * The files below a folder, however deep, whose names are those of images, in the order of their
   * paths; hidden ones are passed over.
   *
   * @throws DatasetException if they cannot be listed
   */
  public static List<Path> below(Path folder) throws DatasetException {
    FolderFiles files = FolderFiles.list(folder);
    return IntStream.range(0, files.size()).mapToObj(files::path).map(folder::resolve).toList();
  }
}
