package dev.millrace.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.kafka.common.errors.SerializationException;

/**
 * An {@link ImageTensor} read in place: the few fields that a trainer needs, and the elements as a
 * slice of the record's own memory. Avro's decoder would copy the 150,528 bytes of every tensor
 * once more. The layout is that of Avro's binary encoding: zigzag variable-length integers, texts
 * and bytes behind their length, fields in the schema's order.
 *
 * @param id the image's id
 * @param label class index, from 0
 * @param split train or validation
 * @param epoch the image's epoch, from 0
 * @param sequence the image's place in that epoch's order, from 0
 * @param height rows
 * @param width columns
 * @param channels channels
 * @param type type of the elements
 * @param publishedAtMillis when the producer published the image, milliseconds since 1970
 * @param augmentedAtMillis when the augmenter made the tensor, milliseconds since 1970
 * @param elements height x width x channels elements; shares the record's memory
 */
public record ImageTensorView(
    String id,
    int label,
    Split split,
    int epoch,
    long sequence,
    int height,
    int width,
    int channels,
    TensorType type,
    long publishedAtMillis,
    long augmentedAtMillis,
    ByteBuffer elements) {
  private static final Split[] SPLITS = Split.values();
  private static final TensorType[] TYPES = TensorType.values();
  private static final int LONGEST_VARINT = 10;

  /** Whether a record's value holds an image tensor (and not, say, an epoch's end). */
  public static boolean isImageTensor(ByteBuffer value) {
    return AvroSerde.typeOf(value).getFullName().equals(ImageTensor.SCHEMA$.getFullName());
  }

  /**
   * Reads the fields.
   *
   * @param value the whole value of a record for which {@link #isImageTensor} holds; its position
   *     is left as it was
   * @throws SerializationException if it is cut short or holds lengths that do not fit
   */
  public static ImageTensorView of(ByteBuffer value) {
    Schema written = AvroSerde.typeOf(value);
    if (!written.equals(ImageTensor.SCHEMA$)) {
      throw new SerializationException(
          "Cannot read an image tensor in place: the record holds " + written.getFullName());
    }
    ByteBuffer in = value.duplicate();
    in.position(in.position() + AvroSerde.HEADER_BYTES);
    try {
      ImageTensorView view = read(in);
      long expected = (long) view.height * view.width * view.channels * bytesPerElement(view.type);
      if (view.elements.remaining() != expected) {
        throw new SerializationException(
            "Cannot read image tensor %s: %d x %d x %d %s are %d bytes, found %d"
                .formatted(
                    view.id,
                    view.height,
                    view.width,
                    view.channels,
                    view.type,
                    expected,
                    view.elements.remaining()));
      }
      return view;
    } catch (java.nio.BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new SerializationException("Cannot read an image tensor: the record is cut short", e);
    }
  }

  private static ImageTensorView read(ByteBuffer in) {
    String id = StandardCharsets.UTF_8.decode(bytes(in)).toString();
    int label = (int) number(in);
    Split split = SPLITS[(int) number(in)];
    int epoch = (int) number(in);
    long sequence = number(in);
    int height = (int) number(in);
    int width = (int) number(in);
    int channels = (int) number(in);
    number(in); // the layout: there is one
    TensorType type = TYPES[(int) number(in)];
    long publishedAt = number(in);
    long augmentedAt = number(in);
    return new ImageTensorView(
        id,
        label,
        split,
        epoch,
        sequence,
        height,
        width,
        channels,
        type,
        publishedAt,
        augmentedAt,
        bytes(in));
  }

  private static int bytesPerElement(TensorType type) {
    return switch (type) {
      case UINT8 -> 1;
      case FLOAT16 -> 2;
      case FLOAT32 -> 4;
    };
  }

  private static ByteBuffer bytes(ByteBuffer in) {
    long length = number(in);
    if (length < 0 || length > in.remaining()) {
      throw new SerializationException(
          "Cannot read an image tensor: a field of %d bytes, but %d are left"
              .formatted(length, in.remaining()));
    }
    ByteBuffer slice = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return slice;
  }

  private static long number(ByteBuffer in) {
    long zigzag = 0;
    for (int i = 0; i < LONGEST_VARINT; i++) {
      byte b = in.get();
      zigzag |= (b & 0x7FL) << (7 * i);
      if (b >= 0) {
        return (zigzag >>> 1) ^ -(zigzag & 1);
      }
    }
    throw new SerializationException("Cannot read an image tensor: a number of over 10 bytes");
  }
}
