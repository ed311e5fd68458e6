package dev.millrace.trainer;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * Cuts bytes that lie in several parts into chunks of one size, and reckons their SHA-256 on the
 * way. Holds one chunk at a time. For one thread.
 */
final class ChunkCutter {
  /** Fits, with a chunk's other fields, into Kafka's default largest record of 1 MiB. */
  static final int CHUNK_BYTES = 960 << 10;

  private final List<ByteBuffer> parts;
  private final long bytes;
  private final int chunkBytes;
  private final MessageDigest digest = Sha256.digest();
  private long taken;
  private int part;

  ChunkCutter(List<ByteBuffer> parts, int chunkBytes) {
    this.parts = parts;
    this.bytes = parts.stream().mapToLong(ByteBuffer::remaining).sum();
    this.chunkBytes = chunkBytes;
  }

  /** Length of all parts. */
  long bytes() {
    return bytes;
  }

  /** Number of chunks. */
  int chunks() {
    return (int) Math.ceilDiv(bytes, chunkBytes);
  }

  boolean hasNext() {
    return taken < bytes;
  }

  /** The next chunk, in memory of its own. */
  ByteBuffer next() {
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(chunkBytes, bytes - taken));
    while (chunk.hasRemaining()) {
      ByteBuffer from = parts.get(part);
      int length = Math.min(from.remaining(), chunk.remaining());
      chunk.put(from.slice(from.position(), length));
      from.position(from.position() + length);
      if (!from.hasRemaining()) {
        part++;
      }
    }
    taken += chunk.flip().remaining();
    digest.update(chunk.duplicate());
    return chunk;
  }

  /** SHA-256 of all bytes, hexadecimal; once, when there is no next chunk. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
