package dev.millrace.dashboard.tensorboard;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;

/**
 * TensorFlow's protocol buffers {@code Event} and {@code Summary}, as far as they are written here.
 * The same arguments give the same bytes. Wall times are seconds since 1970.
 */
final class Events {
  // Event
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;

  // Summary and Summary.Value
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;
  private static final int IMAGE = 4;

  // SessionLog
  private static final int STATUS = 1;
  private static final int START = 1;

  /** Writes the fields of a message. */
  @FunctionalInterface
  private interface Fields {
    void write(CodedOutputStream out) throws IOException;
  }

  private Events() {}

  /** What a file begins with; readers go by it where they look for starts. */
  static byte[] fileVersion(Instant time) {
    return event(time, 0, out -> out.writeString(FILE_VERSION, "brain.Event:2"));
  }

  /**
   * Training starts, at a step. Every start but a file's first tells a reader to forget what it has
   * of this step and later ones.
   */
  static byte[] start(Instant time, long step) {
    return event(time, step, out -> nested(out, SESSION_LOG, log -> log.writeEnum(STATUS, START)));
  }

  /** Values by tag. */
  static byte[] scalars(Instant time, long step, SortedMap<String, Double> values) {
    return event(
        time,
        step,
        out ->
            nested(
                out,
                SUMMARY,
                summary -> {
                  for (Map.Entry<String, Double> value : values.entrySet()) {
                    nested(
                        summary,
                        VALUE,
                        of -> {
                          of.writeString(TAG, value.getKey());
                          of.writeFloat(SIMPLE_VALUE, value.getValue().floatValue());
                        });
                  }
                }));
  }

  /** A picture. */
  static byte[] picture(Picture picture) {
    return event(
        picture.time(),
        picture.step(),
        out ->
            nested(
                out,
                SUMMARY,
                summary ->
                    nested(
                        summary,
                        VALUE,
                        value -> {
                          value.writeString(TAG, picture.tag());
                          nested(value, IMAGE, image -> fields(image, picture));
                        })));
  }

  private static void fields(CodedOutputStream image, Picture picture) throws IOException {
    image.writeInt32(1, picture.height());
    image.writeInt32(2, picture.width());
    image.writeInt32(3, picture.channels());
    image.writeByteBuffer(4, picture.png());
  }

  private static byte[] event(Instant time, long step, Fields what) {
    return bytes(out -> {
      out.writeDouble(WALL_TIME, time.getEpochSecond() + time.getNano() / 1e9);
      if (step != 0) {
        out.writeInt64(STEP, step);
      }
      what.write(out);
    });
  }

  private static void nested(CodedOutputStream out, int field, Fields fields) throws IOException {
    out.writeByteArray(field, bytes(fields));
  }

  private static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.write(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to memory", e);
    }
    return bytes.toByteArray();
  }
}
