package dev.millrace.schemas.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Takes the first bytes of a safetensors file piece by piece, up to its header's end. */
public final class SafetensorsHeaderReader {
  private static final int LONGEST_HEADER = 100_000_000; // the format's own limit

  private final int longest;
  private ByteBuffer part = ByteBuffer.allocate(SafetensorsHeader.LENGTH_BYTES);
  private boolean lengthRead;
  private @Nullable SafetensorsHeader header;

  /** Takes headers of any length that the format allows, 100 MB. */
  public SafetensorsHeaderReader() {
    this(LONGEST_HEADER);
  }

  /**
   * Takes shorter headers only.
   *
   * @param longest most bytes of a header, up to 100,000,000
   */
  public SafetensorsHeaderReader(int longest) {
    this.longest = longest;
  }

  /**
   * Takes of a piece what belongs to the header and leaves the rest.
   *
   * @return the header once it is whole, else null
   * @throws DamagedCheckpointException if it is not the format
   */
  public @Nullable SafetensorsHeader accept(ByteBuffer piece) throws DamagedCheckpointException {
    while (header == null && piece.hasRemaining()) {
      move(piece, part);
      if (!part.hasRemaining()) {
        partRead();
      }
    }
    return header;
  }

  /** Moves as many bytes as both have. */
  public static void move(ByteBuffer from, ByteBuffer to) {
    int length = Math.min(from.remaining(), to.remaining());
    to.put(from.slice(from.position(), length));
    from.position(from.position() + length);
  }

  private void partRead() throws DamagedCheckpointException {
    if (lengthRead) {
      header = SafetensorsHeader.parse(new String(part.array(), StandardCharsets.UTF_8));
      return;
    }
    long length = part.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    if (length < 2 || length > longest) {
      throw new DamagedCheckpointException(
          "a safetensors header has 2 to %d bytes, found %d".formatted(longest, length));
    }
    part = ByteBuffer.allocate((int) length);
    lengthRead = true;
  }
}
