package dev.millrace.producer.prepare;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Writes one shard of a WebDataset: for each image {@code key.jpg} and {@code key.cls}, its class
 * index. The same images give the same bytes. It appears under its name when it is finished.
 */
final class ShardWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final OutputStream out;
  private final TarArchiveOutputStream tar;

  ShardWriter(Path file) throws IOException {
    this.file = file;
    this.channel = DurableFiles.create(file);
    this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
    this.tar = new TarArchiveOutputStream(out, UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  void add(String id, int label, byte[] jpeg) throws IOException {
    String key = SampleKey.of(id);
    add(key + ".jpg", jpeg);
    add(key + ".cls", Integer.toString(label).getBytes(UTF_8));
  }

  private void add(String name, byte[] content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    entry.setModTime(0L);
    entry.setNames("", "");
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  /** Lets the file appear; its length in bytes. */
  long finish() throws IOException {
    tar.finish();
    out.flush(); // the archive's own flush does not come so far
    long length = channel.size();
    DurableFiles.finish(file, channel);
    return length;
  }

  /** Gives the file up if it was not finished. */
  @Override
  public void close() throws IOException {
    DurableFiles.discard(file, channel);
  }
}
