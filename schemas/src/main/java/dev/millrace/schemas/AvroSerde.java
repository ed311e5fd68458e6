package dev.millrace.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.AvroGenerated;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;
import org.apache.avro.util.ByteBufferInputStream;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Avro single-object encoding: the marker C3 01, the writer's schema fingerprint (8 bytes,
 * little-endian), then the value. A topic may hold several types; the fingerprint tells them apart.
 * Safe for use by several threads.
 *
 * @param <V> what the topic's values have in common
 */
public final class AvroSerde<V extends SpecificRecord> implements Serde<V> {
  // Avro makes instances only of classes that the program says it trusts: here the generated ones.
  static {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), AvroSerde::isGenerated));
  }

  static final int HEADER_BYTES = 10;
  static final int MARKER = 0x01C3; // C3 01, read little-endian

  // Knows the time type that the generated classes use.
  private static final SpecificData TIMES = SpecificData.getForClass(Image.class);

  private final Class<V> common;
  private final Map<String, Schema> readers;
  private final Map<Long, SpecificDatumReader<SpecificRecord>> byFingerprint =
      new ConcurrentHashMap<>();

  AvroSerde(Class<V> common, List<Schema> types) {
    this.common = common;
    Map<String, Schema> byName = new HashMap<>();
    for (Schema type : types) {
      byName.put(type.getFullName(), type);
    }
    this.readers = Map.copyOf(byName);
  }

  /**
   * The schema that a record's value was written with.
   *
   * @param value the whole value; its position is left as it was
   * @throws UnknownSchemaException if it is not single-object encoded or its schema is not known
   */
  public static Schema typeOf(ByteBuffer value) {
    if (value.remaining() < HEADER_BYTES) {
      throw new UnknownSchemaException(
          "Cannot read a record: Avro single-object encoding has at least %d bytes, found %d"
              .formatted(HEADER_BYTES, value.remaining()));
    }
    ByteBuffer header = value.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int marker = header.getShort() & 0xFFFF;
    if (marker != MARKER) {
      throw new UnknownSchemaException(
          "Cannot read a record: Avro single-object encoding starts with C3 01, found %02X %02X"
              .formatted(marker & 0xFF, marker >>> 8));
    }
    long fingerprint = header.getLong();
    Schema schema = SchemaStore.find(fingerprint);
    if (schema == null) {
      throw new UnknownSchemaException(
          ("Cannot read a record: schema fingerprint %016X is not known; it was written by another"
                  + " version of Millrace or by another program")
              .formatted(fingerprint));
    }
    return schema;
  }

  @Override
  public Serializer<V> serializer() {
    return (topic, value) -> value == null ? null : encode(topic, value);
  }

  @Override
  public Deserializer<V> deserializer() {
    return new Deserializer<>() {
      @Override
      public @Nullable V deserialize(String topic, byte @Nullable [] data) {
        return data == null ? null : decode(topic, ByteBuffer.wrap(data));
      }
    };
  }

  /**
   * Decodes a record's value.
   *
   * @param topic named in errors
   * @param value the whole value; its position is left as it was
   * @throws SerializationException if it is not a value of this topic, or cut short
   */
  public V decode(String topic, ByteBuffer value) {
    Schema written = typeOf(value);
    long fingerprint =
        value.duplicate().order(ByteOrder.LITTLE_ENDIAN).getLong(value.position() + Short.BYTES);
    SpecificDatumReader<SpecificRecord> reader =
        byFingerprint.computeIfAbsent(fingerprint, _ -> reader(topic, written));
    try {
      return common.cast(reader.read(null, DecoderFactory.get().binaryDecoder(body(value), null)));
    } catch (IOException | AvroRuntimeException e) {
      throw new SerializationException(
          "Cannot decode a %s record of topic %s (%d bytes): %s"
              .formatted(written.getName(), topic, value.remaining(), e),
          e);
    }
  }

  private static ByteBufferInputStream body(ByteBuffer value) {
    ByteBuffer body = value.duplicate();
    body.position(body.position() + HEADER_BYTES);
    return new ByteBufferInputStream(List.of(body));
  }

  private SpecificDatumReader<SpecificRecord> reader(String topic, Schema written) {
    Schema expected = readers.get(written.getFullName());
    if (expected == null) {
      throw new SerializationException(
          "Cannot decode a record of topic %s: it holds %s, expected one of %s"
              .formatted(topic, written.getName(), readers.keySet()));
    }
    return new SpecificDatumReader<>(written, expected, TIMES);
  }

  private byte[] encode(String topic, V value) {
    Schema schema = value.getSchema();
    if (!readers.containsKey(schema.getFullName())) {
      throw new SerializationException(
          "Cannot publish a %s to topic %s, which holds %s"
              .formatted(schema.getName(), topic, readers.keySet()));
    }
    RecordStream out = new RecordStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      out.write(SchemaStore.header(schema));
      new SpecificDatumWriter<SpecificRecord>(schema, TIMES).write(value, encoder);
      encoder.flush();
    } catch (IOException | AvroRuntimeException e) {
      throw new SerializationException(
          "Cannot encode a %s for topic %s: %s".formatted(schema.getName(), topic, e), e);
    }
    return out.toByteArray();
  }

  private static boolean isGenerated(Class<?> type) {
    return type.getPackage() == Image.class.getPackage()
        && type.isAnnotationPresent(AvroGenerated.class);
  }
}
