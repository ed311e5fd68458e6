package dev.millrace.producer.archive;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * An archive on a disk.
 *
 * @param file where
 */
public record ArchiveFile(Path file) implements Archive {
  @Override
  public String path() {
    return file.toAbsolutePath().toString().replace('\\', '/');
  }

  @Override
  public Archive beside(String name) {
    return new ArchiveFile(file.resolveSibling(name));
  }

  @Override
  public boolean isLocal() {
    return true;
  }

  @Override
  public long length() throws IOException {
    return Files.size(file);
  }

  @Override
  public InputStream open(long offset) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    try {
      return Channels.newInputStream(channel.position(offset));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
