package dev.millrace.producer.dataset;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * The image files within a tar archive, in the order of their paths. The archive is listed once;
 * files are then read at their places, and nothing is unpacked.
 */
final class TarFiles implements ImageFiles {
  private final Path archive;
  private final FileChannel channel;
  private final List<Entry> entries;
  private final long skipped;

  private record Entry(String path, long offset, int length) {}

  private TarFiles(Path archive, FileChannel channel, List<Entry> entries, long skipped) {
    this.archive = archive;
    this.channel = channel;
    this.entries = entries;
    this.skipped = skipped;
  }

  static TarFiles list(Path archive) throws DatasetException {
    List<Entry> entries = new ArrayList<>();
    long skipped = 0;
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        TarArchiveInputStream tar = new TarArchiveInputStream(file)) {
      long length = Files.size(archive);
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.isDirectory()) {
          continue;
        }
        String path = entry.getName().replaceFirst("^(\\./)+", "");
        if (!entry.isFile() || entry.isSparse() || !ImageFiles.isImage(path)) {
          skipped++;
          continue;
        }
        long offset = tar.getBytesRead();
        if (offset + entry.getSize() > length) {
          throw new EOFException("entry " + path + " reaches beyond the archive's end");
        }
        entries.add(
            new Entry(path, offset, (int) Math.min(entry.getSize(), Integer.MAX_VALUE - 8)));
      }
      entries.sort(Comparator.comparing(Entry::path));
      return new TarFiles(
          archive, FileChannel.open(archive, StandardOpenOption.READ), entries, skipped);
    } catch (IOException | IllegalArgumentException e) {
      throw new DatasetException(
          ("Cannot read the tar archive %s: %s; it is damaged or cut short (%d images were found"
                  + " before): copy it again")
              .formatted(archive, e.getMessage(), entries.size()),
          e);
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
  public byte[] read(int index) throws IOException {
    Entry entry = entries.get(index);
    ByteBuffer bytes = ByteBuffer.allocate(entry.length);
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
