package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.Archive;
import dev.millrace.producer.archive.ArchiveFile;
import dev.millrace.producer.archive.RemoteArchives;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** The image files of a place and their labels. What kind of place it is, its content tells. */
record Listing(ImageFiles files, Labels labels) {

  /**
   * Lists a place.
   *
   * @param remote reaches places elsewhere
   * @param found counts the images as they are found
   * @throws DatasetException if there is none, or it holds no usable dataset
   */
  static Listing of(Location data, RemoteArchives remote, LongAdder found) throws DatasetException {
    return switch (data) {
      case Location.Local(Path place) -> ofPath(place, found);
      case Location.Web web -> RemoteListing.of(web, remote, found);
      case Location.Store store -> RemoteListing.of(store, remote, found);
    };
  }

  /** By the folders that the files lie in. */
  static Listing byPath(ImageFiles files, Map<String, String> names, Object data)
      throws DatasetException {
    if (files.size() == 0) {
      throw new DatasetException(
          "%s holds no images (.jpg, .jpeg, .jpe, .png, .webp, .gif); %d other files were found"
              .formatted(data, files.skipped()));
    }
    return new Listing(files, PathLabels.of(files, names));
  }

  private static Listing ofPath(Path data, LongAdder found) throws DatasetException {
    if (Files.isDirectory(data)) {
      return ofFolder(data, found);
    }
    List<Path> files =
        Files.exists(data)
            ? List.of(data)
            : Braces.expand(data.toString(), data).stream().map(Path::of).toList();
    if (files.size() > 1 || Files.exists(data)) {
      String folder =
          Shards.commonFolder(files.stream().map(file -> new ArchiveFile(file).path()).toList());
      return isTfRecords(files.getFirst())
          ? TfRecords.list(files, folder, found)
          : tars(files, folder, data, found);
    }
    throw new DatasetException(
        "There is no %s: --data names a folder of images or a .tar of one".formatted(data));
  }

  private static Listing ofFolder(Path folder, LongAdder found) throws DatasetException {
    if (ImagenetArchives.areIn(folder)) {
      return ImagenetArchives.list(folder, found);
    }
    if (CifarFiles.areIn(folder)) {
      return CifarFiles.list(folder);
    }
    FolderFiles files = FolderFiles.list(folder);
    if (files.size() > 0) {
      return byPath(files, Map.of(), folder);
    }
    List<Path> tars = Shards.in(folder, file -> Shards.isTar(file.toString()));
    if (!tars.isEmpty()) {
      return tars(tars, begin(folder), folder, found);
    }
    List<Path> records = Shards.in(folder, TfRecords::is);
    return records.isEmpty()
        ? byPath(files, Map.of(), folder)
        : TfRecords.list(records, begin(folder), found);
  }

  private static Listing tars(List<Path> files, String folder, Path data, LongAdder found)
      throws DatasetException {
    return TarArchives.list(
        files.stream().<Archive>map(ArchiveFile::new).toList(), folder, data, found);
  }

  private static String begin(Path folder) {
    return new ArchiveFile(folder).path() + "/";
  }

  private static boolean isTfRecords(Path file) throws DatasetException {
    try {
      return TfRecords.is(file);
    } catch (IOException e) {
      throw new DatasetException("Cannot read %s: %s".formatted(file, e), e);
    }
  }
}
