package dev.millrace.schemas;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a record as Avro's encoder writes it and puts it together once its length is known. The
 * encoder passes a payload on as the array that it lies in: so that a tensor's 150 KB are copied
 * once, where a growing array copies and clears them three times. That halves the cost of encoding.
 */
final class RecordStream extends OutputStream {
  private static final int PAYLOAD = 4096;

  private final ByteArrayOutputStream fields = new ByteArrayOutputStream(512);
  private final List<Payload> payloads = new ArrayList<>(1);
  private int length;

  /**
   * Bytes that belong behind a number of bytes of the fields.
   *
   * @param bytes in the caller's array, which must not change until the record is put together
   */
  private record Payload(int behind, ByteBuffer bytes) {}

  @Override
  public void write(int value) {
    fields.write(value);
    length++;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    if (count >= PAYLOAD) {
      payloads.add(new Payload(fields.size(), ByteBuffer.wrap(bytes, offset, count)));
    } else {
      fields.write(bytes, offset, count);
    }
    length = Math.addExact(length, count);
  }

  byte[] toByteArray() {
    byte[] small = fields.toByteArray();
    byte[] all = new byte[length];
    int from = 0;
    int to = 0;
    for (Payload payload : payloads) {
      System.arraycopy(small, from, all, to, payload.behind - from);
      to += payload.behind - from;
      from = payload.behind;
      int count = payload.bytes.remaining();
      payload.bytes.duplicate().get(all, to, count);
      to += count;
    }
    System.arraycopy(small, from, all, to, small.length - from);
    return all;
  }
}
