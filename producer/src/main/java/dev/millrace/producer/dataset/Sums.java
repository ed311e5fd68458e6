package dev.millrace.producer.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32C;

/** Checksums of images, by which bytes that come again are known: CRC-32C. */
final class Sums {
  private Sums() {}

  /** Of the bytes from a place on. */
  static int of(byte[] bytes, int from) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, bytes.length - from);
    return (int) sum.getValue();
  }

  /** Of all bytes up to a stream's end, which go through the buffer. */
  static int ofAll(InputStream in, byte[] buffer) throws IOException {
    CRC32C sum = new CRC32C();
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      sum.update(buffer, 0, read);
    }
    return (int) sum.getValue();
  }
}
