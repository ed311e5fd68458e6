package dev.millrace.producer.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The image files of a place and their labels. What kind of place it is, its content tells. */
record Listing(ImageFiles files, Labels labels) {

  /**
   * Lists a place.
   *
   * @param data a folder, an archive, or a pattern for archives such as {@code a-{00..12}.tar}
   * @throws DatasetException if there is none, or it holds no usable dataset
   */
  static Listing of(Path data) throws DatasetException {
    if (Files.isDirectory(data)) {
      return ofFolder(data);
    }
    if (Files.exists(data)) {
      return ofFile(data);
    }
    List<Path> shards = Braces.expand(data);
    if (shards.size() > 1) {
      return ofShards(shards, data);
    }
    throw new DatasetException(
        "There is no %s: --data names a folder of images or a .tar of one".formatted(data));
  }

  /** By the folders that the files lie in. */
  static Listing byPath(ImageFiles files, Map<String, String> names, Path data)
      throws DatasetException {
    if (files.size() == 0) {
      throw new DatasetException(
          "%s holds no images (.jpg, .jpeg, .jpe, .png, .webp, .gif); %d other files were found"
              .formatted(data, files.skipped()));
    }
    return new Listing(files, PathLabels.of(files, names));
  }

  private static Listing ofFolder(Path folder) throws DatasetException {
    if (ImagenetArchives.areIn(folder)) {
      return ImagenetArchives.list(folder);
    }
    if (CifarFiles.areIn(folder)) {
      return CifarFiles.list(folder);
    }
    FolderFiles files = FolderFiles.list(folder);
    if (files.size() > 0) {
      return byPath(files, Map.of(), folder);
    }
    List<Path> tars = Shards.in(folder, Shards::isTar);
    if (!tars.isEmpty()) {
      return TarListing.list(tars, folder, folder);
    }
    List<Path> records = Shards.in(folder, TfRecords::is);
    return records.isEmpty() ? byPath(files, Map.of(), folder) : TfRecords.list(records, folder);
  }

  private static Listing ofShards(List<Path> shards, Path data) throws DatasetException {
    Path folder = Shards.commonFolder(shards);
    if (isTfRecords(shards.getFirst())) {
      return TfRecords.list(shards, folder);
    }
    for (Path shard : shards) {
      requireTar(shard);
    }
    return TarListing.list(shards, folder, data);
  }

  private static Listing ofFile(Path file) throws DatasetException {
    if (isTfRecords(file)) {
      return TfRecords.list(List.of(file), file);
    }
    requireTar(file);
    return TarListing.list(file);
  }

  private static boolean isTfRecords(Path file) throws DatasetException {
    try {
      return TfRecords.is(file);
    } catch (IOException e) {
      throw new DatasetException("Cannot read %s: %s".formatted(file, e), e);
    }
  }

  private static void requireTar(Path file) throws DatasetException {
    byte[] start = start(file);
    if (isTar(start)) {
      return;
    }
    if (isCompressed(start)) {
      throw new DatasetException(
          "%s is compressed; images are read at their places: decompress it first".formatted(file));
    }
    throw new DatasetException(
        "%s is neither a folder nor a tar archive: --data names a folder of images or a .tar of one"
            .formatted(file));
  }

  private static byte[] start(Path file) throws DatasetException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(262);
    } catch (IOException e) {
      throw new DatasetException("Cannot read %s: %s".formatted(file, e), e);
    }
  }

  // "ustar" stands at byte 257 of every tar header since POSIX.1-1988.
  private static boolean isTar(byte[] start) {
    return start.length == 262
        && new String(start, 257, 5, StandardCharsets.US_ASCII).equals("ustar");
  }

  // gzip, bzip2, xz, zstd
  private static boolean isCompressed(byte[] start) {
    return start.length > 4
        && Set.of("1f8b", "425a", "fd37", "28b5").contains(HexFormat.of().formatHex(start, 0, 2));
  }
}
