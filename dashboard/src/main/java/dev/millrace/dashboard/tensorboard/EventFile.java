package dev.millrace.dashboard.tensorboard;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * One file of events, in the format of TFRecord: length (8 bytes, little-endian), its masked
 * CRC-32C (4), the event, its masked CRC-32C (4). For one thread.
 */
final class EventFile implements AutoCloseable {
  private static final int MASK_DELTA = 0xa282ead8;

  // Not by a channel, which an interrupt closes.
  private final RandomAccessFile file;
  private final OutputStream out;
  private long length;

  private EventFile(RandomAccessFile file, long length) throws IOException {
    this.file = file;
    this.out = new BufferedOutputStream(new FileOutputStream(file.getFD()), 1 << 16);
    this.length = length;
  }

  /**
   * Opens a file, or makes it, and goes on behind the bytes that are known to be right.
   *
   * @param length how many those are
   * @throws IOException if it has fewer, or cannot be written
   */
  static EventFile open(Path path, long length) throws IOException {
    Path folder = path.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    try {
      if (file.length() < length) {
        throw new IOException(
            "%s has %,d bytes, but %,d were written: it was changed or lost; name another folder"
                .formatted(path, file.length(), length));
      }
      file.setLength(length);
      file.seek(length);
      return new EventFile(file, length);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  /** Appends an event. */
  void append(byte[] event) throws IOException {
    ByteBuffer record =
        ByteBuffer.allocate(event.length + 16).order(ByteOrder.LITTLE_ENDIAN).putLong(event.length);
    record.putInt(maskedChecksum(record.array(), 8)).put(event);
    record.putInt(maskedChecksum(event, event.length));
    out.write(record.array());
    length += record.capacity();
  }

  /** Lets readers see what was appended. */
  void flush() throws IOException {
    out.flush();
  }

  /** Waits until the disk has it. */
  void force() throws IOException {
    out.flush();
    file.getFD().sync();
  }

  /** Bytes appended, those not flushed included. */
  long length() {
    return length;
  }

  // Masked, since a checksum of bytes that hold their own checksums is of little worth.
  private static int maskedChecksum(byte[] bytes, int count) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, count);
    return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
  }

  @Override
  public void close() throws IOException {
    try {
      out.flush();
    } finally {
      file.close();
    }
  }
}
