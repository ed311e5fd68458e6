package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code tf.train.Example} of an image says, in the fields that TensorFlow's own scripts for
 * ImageNet write.
 *
 * @param offset where the encoded image begins in the record; -1 if there is none
 * @param length of the encoded image in bytes
 * @param label the field {@code image/class/label}, or null
 * @param synset the field {@code image/class/synset}, or null
 * @param text the field {@code image/class/text}, or null
 */
record TfExample(
    int offset, int length, @Nullable Long label, @Nullable String synset, @Nullable String text) {
  private static final int FEATURES = 1; // of Example; and of Features, its map
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int BYTES_LIST = 1;
  private static final int INT64_LIST = 3;
  private static final int LIST_VALUE = 1;

  /** Gathers the fields as they come. */
  private static final class Fields {
    private int offset = -1;
    private int length;
    private @Nullable Long label;
    private @Nullable String synset;
    private @Nullable String text;
  }

  /**
   * Reads a record; the image's bytes stay where they are.
   *
   * @throws IOException if it is no Example
   */
  static TfExample parse(byte[] record, int size) throws IOException {
    Fields fields = new Fields();
    CodedInputStream in = CodedInputStream.newInstance(record, 0, size);
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isMessage(tag, FEATURES)) {
        inside(in, () -> features(in, record, fields));
      } else if (!in.skipField(tag)) {
        break;
      }
    }
    return new TfExample(fields.offset, fields.length, fields.label, fields.synset, fields.text);
  }

  /** Reads a message to its end. */
  private interface Reading {
    void read() throws IOException;
  }

  private static void inside(CodedInputStream in, Reading reading) throws IOException {
    int limit = in.pushLimit(in.readRawVarint32());
    reading.read();
    in.checkLastTagWas(0);
    in.popLimit(limit);
  }

  private static boolean isMessage(int tag, int field) {
    return tag == (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED);
  }

  private static void features(CodedInputStream in, byte[] record, Fields fields)
      throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isMessage(tag, FEATURES)) {
        inside(in, () -> entry(in, record, fields));
      } else if (!in.skipField(tag)) {
        return;
      }
    }
  }

  private static void entry(CodedInputStream in, byte[] record, Fields fields) throws IOException {
    String key = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isMessage(tag, KEY)) {
        key = in.readString();
      } else if (isMessage(tag, VALUE)) {
        String name = key;
        inside(in, () -> feature(in, name, record, fields));
      } else if (!in.skipField(tag)) {
        return;
      }
    }
  }

  private static void feature(CodedInputStream in, String key, byte[] record, Fields fields)
      throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isMessage(tag, BYTES_LIST)) {
        inside(in, () -> bytes(in, key, record, fields));
      } else if (isMessage(tag, INT64_LIST) && key.equals("image/class/label")) {
        inside(in, () -> fields.label = number(in));
      } else if (!in.skipField(tag)) {
        return;
      }
    }
  }

  private static void bytes(CodedInputStream in, String key, byte[] record, Fields fields)
      throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!isMessage(tag, LIST_VALUE)) {
        in.skipField(tag);
        continue;
      }
      int length = in.readRawVarint32();
      int offset = in.getTotalBytesRead();
      in.skipRawBytes(length);
      switch (key) {
        case "image/encoded" -> {
          fields.offset = offset;
          fields.length = length;
        }
        case "image/class/synset" -> fields.synset = new String(record, offset, length, UTF_8);
        case "image/class/text" -> fields.text = new String(record, offset, length, UTF_8);
        default -> {
          // of no use here
        }
      }
    }
  }

  // Numbers are packed or not, as whoever wrote them liked.
  private static @Nullable Long number(CodedInputStream in) throws IOException {
    Long number = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (isMessage(tag, LIST_VALUE)) {
        int limit = in.pushLimit(in.readRawVarint32());
        while (in.getBytesUntilLimit() > 0) {
          number = in.readInt64();
        }
        in.popLimit(limit);
      } else {
        number = in.readInt64();
      }
    }
    return number;
  }
}
