package dev.millrace.producer.dataset;

import dev.millrace.schemas.Split;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Finds the image files in a tar archive, also in the tars within it: those of {@code
 * n01440764.tar} get paths that begin with {@code n01440764/}. Only headers are read, and the
 * labels of a WebDataset.
 */
final class TarListing {
  private static final Pattern START = Pattern.compile("^(\\.?/)+");
  private static final String TAR = ".tar";
  private static final int READ_BYTES = 4096; // of what lies behind a header most is not wanted
  private static final int DEEPEST = 2; // a tar of tars, as ImageNet's

  private final Path archive;
  private final UnaryOperator<String> naming;
  private final StoredFiles.Builder files;
  private final Samples samples;
  private long length;

  private TarListing(
      Path archive, UnaryOperator<String> naming, StoredFiles.Builder files, Samples samples) {
    this.archive = archive;
    this.naming = naming;
    this.files = files;
    this.samples = samples;
  }

  /** Lists an archive by itself. */
  static Listing list(Path archive) throws DatasetException {
    return list(List.of(archive), archive, archive);
  }

  /**
   * Lists archives that are one dataset.
   *
   * @param folder that they lie in: a file's path begins with its archive's below the folder; or,
   *     of a single one, itself
   * @param data what the dataset is called in messages
   * @throws DatasetException if one cannot be read to its end, or an image has no label
   */
  static Listing list(List<Path> archives, Path folder, Path data) throws DatasetException {
    PreparedClasses prepared = PreparedClasses.beside(archives);
    StoredFiles.Builder files = new StoredFiles.Builder();
    Samples samples = new Samples(files);
    Map<Path, Split> splits = new HashMap<>();
    for (Path archive : archives) {
      String inside = Shards.name(folder, archive);
      Split split = Shards.split(inside);
      if (split != null) {
        splits.put(archive, split);
      }
      files.archive(archive);
      new TarListing(archive, path -> inside + path, files, samples).list();
    }
    StoredFiles found = files.build();
    return samples.areLabelled()
        ? new Listing(found, samples.labels(found, splits, prepared))
        : Listing.byPath(found, Map.of(), data);
  }

  /**
   * Adds an archive's images, which are labelled by their paths.
   *
   * @param naming the path that an image gets, by its path in the archive
   * @throws DatasetException if it cannot be read to its end
   */
  static void list(Path archive, UnaryOperator<String> naming, StoredFiles.Builder files)
      throws DatasetException {
    files.archive(archive);
    new TarListing(archive, naming, files, new Samples(files)).list();
  }

  private void list() throws DatasetException {
    int before = files.size();
    try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ);
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel), READ_BYTES)) {
      length = channel.size();
      list(in, "", 0, 1);
      samples.endOfShard();
    } catch (IOException | IllegalArgumentException e) {
      throw new DatasetException(
          ("Cannot read the tar archive %s: %s; it is damaged or cut short (%d images were found"
                  + " before): copy it again")
              .formatted(archive, e.getMessage(), files.size() - before),
          e);
    }
  }

  /**
   * Lists a tar.
   *
   * @param folder what stands before its paths
   * @param begin where it begins in the archive
   * @param depth 1 for the archive itself
   */
  @SuppressWarnings("resource") // the outermost is closed where it was opened
  private void list(InputStream in, String folder, long begin, int depth) throws IOException {
    TarArchiveInputStream tar = new TarArchiveInputStream(in);
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      if (entry.isDirectory()) {
        continue;
      }
      String path = folder + path(entry.getName());
      long offset = begin + tar.getBytesRead();
      if (isPlain(entry)) {
        requireWhole(entry, offset);
        if (path.endsWith(TAR) && depth < DEEPEST) {
          list(tar, path.substring(0, path.length() - TAR.length()) + "/", offset, depth + 1);
        } else if (ImageFiles.isImage(path)) {
          samples.image(path, files.add(naming.apply(path), offset, entry.getSize()));
        } else if (Samples.isLabel(path)) {
          samples.label(path, entry.getSize(), tar);
        } else {
          files.skip();
        }
      } else if (entry.isLink() && ImageFiles.isImage(path)) {
        files.link(naming.apply(path), naming.apply(folder + path(entry.getLinkName())));
      } else {
        files.skip();
      }
    }
  }

  // As GNU tar does when it unpacks: absolute paths are below the root, too.
  private static String path(String name) {
    return START.matcher(name).replaceFirst("");
  }

  // Links may point anywhere, but for a second name of an earlier file.
  private static boolean isPlain(TarArchiveEntry entry) {
    return entry.isFile()
        && !entry.isLink()
        && !entry.isSymbolicLink()
        && !entry.isSparse()
        && !entry.isFIFO()
        && !entry.isBlockDevice()
        && !entry.isCharacterDevice();
  }

  private void requireWhole(TarArchiveEntry entry, long offset) throws EOFException {
    if (entry.getSize() > length - offset) {
      throw new EOFException(
          "entry %s of %d bytes reaches beyond the archive's end"
              .formatted(entry.getName(), entry.getSize()));
    }
  }
}
