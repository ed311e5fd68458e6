package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.Archive;
import dev.millrace.producer.archive.Compression;
import dev.millrace.producer.archive.RefusedException;
import dev.millrace.schemas.Split;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the image files in a tar archive, also in the tars within it: those of {@code
 * n01440764.tar} get paths that begin with {@code n01440764/}. Only headers are read, and the
 * labels of a WebDataset; but of streams, which are compressed or elsewhere, everything, and each
 * image gets a checksum.
 */
final class TarListing {
  private static final Pattern START = Pattern.compile("^(\\.?/)+");
  private static final String TAR = ".tar";
  private static final int READ_BYTES = 4096; // of what lies behind a header most is not wanted
  private static final int DEEPEST = 2; // a tar of tars, as ImageNet's
  private static final int MAGIC = 257; // where "ustar" stands in every header since POSIX.1-1988

  private final Archive archive;
  private final @Nullable Split split;
  private final UnaryOperator<String> naming;
  private final StoredFiles.Builder files = new StoredFiles.Builder();
  private final ShardSamples samples;
  private final LongAdder found;
  private final byte[] buffer = new byte[1 << 16];
  private boolean stream;
  private long length;

  /**
   * Prepares the listing of one archive.
   *
   * @param split that the archive's name tells, or null
   * @param naming the path that an image gets, by its path in the archive
   * @param labels where labels that lie beside images go
   * @param found counts the images as they are found
   */
  TarListing(
      Archive archive,
      @Nullable Split split,
      UnaryOperator<String> naming,
      Samples labels,
      LongAdder found) {
    this.archive = archive;
    this.split = split;
    this.naming = naming;
    this.samples = new ShardSamples(files, labels);
    this.found = found;
  }

  /**
   * Lists the archive.
   *
   * @throws DatasetException if it is none, or cannot be read to its end
   */
  StoredFiles.Builder list() throws DatasetException {
    try (InputStream raw = new BufferedInputStream(archive.open(0), READ_BYTES)) {
      Compression compression = Compression.of(raw);
      Shard shard = new Shard(archive, compression, split);
      stream = shard.isStream();
      length = stream ? Long.MAX_VALUE : archive.length();
      files.shard(shard);
      InputStream in = compression.decompress(raw);
      requireTar(in);
      list(in, "", 0, 1);
      samples.end();
      if (stream) {
        in.transferTo(OutputStream.nullOutputStream()); // its own checksum stands at the end
      }
      return files;
    } catch (RefusedException e) {
      throw new DatasetException(
          "Cannot read the tar archive %s: %s".formatted(archive, e.getMessage()), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new DatasetException(
          ("Cannot read the tar archive %s: %s; it is damaged or cut short (%d images were found"
                  + " before): copy it again")
              .formatted(archive, e.getMessage(), files.size()),
          e);
    }
  }

  private void requireTar(InputStream in) throws IOException, DatasetException {
    in.mark(MAGIC + 5);
    byte[] start = in.readNBytes(MAGIC + 5);
    in.reset();
    if (start.length < MAGIC + 5
        || !new String(start, MAGIC, 5, StandardCharsets.US_ASCII).equals("ustar")) {
      throw new DatasetException(
          "%s is neither a folder nor a tar archive: --data names a folder of images or a .tar of one"
              .formatted(archive));
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
          int sum = stream ? Sums.ofAll(tar, buffer) : 0;
          samples.image(path, files.add(naming.apply(path), offset, entry.getSize(), sum));
          found.increment();
        } else if (ShardSamples.isLabel(path)) {
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
