package dev.millrace.producer.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** How an archive is compressed, told by the first bytes and not by the name. */
public enum Compression {
  /** Not at all: read at any place. */
  NONE,
  /** gzip, also of several members, as pigz and bgzip write. */
  GZIP,
  /** Zstandard, also of several frames. */
  ZSTD;

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int READ_BYTES = 1 << 20; // where many are read in turn, disks seek less

  /**
   * Tells from the beginning of a stream, which is put back.
   *
   * @param in a stream that supports marks
   * @throws RefusedException if it is compressed in a way that is not read here
   */
  public static Compression of(InputStream in) throws IOException {
    in.mark(4);
    String start = HexFormat.of().formatHex(in.readNBytes(4));
    in.reset();
    if (start.startsWith("1f8b")) {
      return GZIP;
    }
    if (start.equals("28b52ffd")) {
      return ZSTD;
    }
    if (start.startsWith("425a68") || start.equals("fd377a58")) {
      throw new RefusedException(
          "it is compressed by bzip2 or xz, which are not read here: decompress it, or compress it"
              + " by zstd");
    }
    return NONE;
  }

  /** The bytes as they were before compression; closing it closes the other. */
  public InputStream decompress(InputStream in) throws IOException {
    return switch (this) {
      case NONE -> in;
      case GZIP ->
          new BufferedInputStream(
              GzipCompressorInputStream.builder()
                  .setInputStream(in)
                  .setDecompressConcatenated(true)
                  .get(),
              BUFFER_BYTES);
      case ZSTD -> new BufferedInputStream(new ZstdCompressorInputStream(in), BUFFER_BYTES);
    };
  }

  /**
   * Opens an archive that is compressed so, at a place of what it holds. Where it is compressed,
   * all before is decompressed first.
   */
  public InputStream open(Archive archive, long offset) throws IOException {
    if (this == NONE) {
      return archive.open(offset);
    }
    InputStream raw = archive.open(0);
    try {
      InputStream in = decompress(new BufferedInputStream(raw, READ_BYTES));
      in.skipNBytes(offset);
      return in;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }
}
