package dev.millrace.producer.dataset;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The image files within a tar archive, in the order of their paths. The archive is listed once;
 * files are then read at their places, and nothing is unpacked.
 */
final class TarFiles implements ImageFiles {
  private static final Pattern START = Pattern.compile("^(\\.?/)+");

  private final Path archive;
  private final FileChannel channel;
  private final List<Entry> entries;
  private final long skipped;

  private record Entry(String path, long offset, long length) {}

  private TarFiles(Path archive, FileChannel channel, List<Entry> entries, long skipped) {
    this.archive = archive;
    this.channel = channel;
    this.entries = entries;
    this.skipped = skipped;
  }

  static TarFiles list(Path archive) throws DatasetException {
    // By path; of two entries with one path the later counts, as when a tar is unpacked.
    SortedMap<String, Entry> entries = new TreeMap<>();
    long skipped = 0;
    try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ);
        TarArchiveInputStream tar = open(channel)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isDirectory()) {
          continue;
        }
        String path = path(entry.getName());
        Entry found = ImageFiles.isImage(path) ? entry(entry, path, tar, entries) : null;
        if (found == null) {
          skipped++;
        } else {
          requireWhole(entry, found.offset, channel.size());
          entries.put(path, found);
        }
      }
      return new TarFiles(
          archive,
          FileChannel.open(archive, StandardOpenOption.READ),
          List.copyOf(entries.values()),
          skipped);
    } catch (IOException | IllegalArgumentException e) {
      throw new DatasetException(
          ("Cannot read the tar archive %s: %s; it is damaged or cut short (%d images were found"
                  + " before): copy it again")
              .formatted(archive, e.getMessage(), entries.size()),
          e);
    }
  }

  private static TarArchiveInputStream open(FileChannel channel) {
    return new TarArchiveInputStream(
        new BufferedInputStream(Channels.newInputStream(channel), 1 << 16));
  }

  // As GNU tar does when it unpacks: absolute paths are below the root, too.
  private static String path(String name) {
    return START.matcher(name).replaceFirst("");
  }

  // A second name of an earlier file is that file; other links may point anywhere and are none.
  private static @Nullable Entry entry(
      TarArchiveEntry entry, String path, TarArchiveInputStream tar, Map<String, Entry> earlier) {
    if (entry.isLink()) {
      Entry target = earlier.get(path(entry.getLinkName()));
      return target == null ? null : new Entry(path, target.offset, target.length);
    }
    boolean plain =
        entry.isFile()
            && !entry.isSymbolicLink()
            && !entry.isSparse()
            && !entry.isFIFO()
            && !entry.isBlockDevice()
            && !entry.isCharacterDevice();
    return plain ? new Entry(path, tar.getBytesRead(), entry.getSize()) : null;
  }

  private static void requireWhole(TarArchiveEntry entry, long offset, long length)
      throws EOFException {
    if (entry.getSize() > length - offset) {
      throw new EOFException(
          "entry %s of %d bytes reaches beyond the archive's end"
              .formatted(entry.getName(), entry.getSize()));
    }
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public String path(int index) {
    return entries.get(index).path;
  }

  @Override
  public long length(int index) {
    return entries.get(index).length;
  }

  @Override
  public byte[] read(int index, int most) throws IOException {
    Entry entry = entries.get(index);
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(entry.length, most));
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, entry.offset + bytes.position()) < 0) {
        throw new EOFException(archive + " has become shorter since it was listed");
      }
    }
    return bytes.array();
  }

  @Override
  public String source(int index) {
    return archive + "!" + entries.get(index).path;
  }

  @Override
  public long skipped() {
    return skipped;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
