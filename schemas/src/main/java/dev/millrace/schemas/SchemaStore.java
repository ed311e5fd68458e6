package dev.millrace.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Finds the schema that a record was written with by its fingerprint (CRC-64-AVRO over the parsing
 * canonical form): every current schema of this module, and the earlier ones that records may have.
 * A schema that changes leaves its earlier form in the folder {@code released}, which stays as it
 * is, and new fields have defaults: so this version reads the records of all earlier ones. Those do
 * not know the new form, and take such records for unreadable.
 */
final class SchemaStore {
  private static final List<Schema> CURRENT =
      List.of(
          Image.SCHEMA$,
          EpochEnd.SCHEMA$,
          ImageTensor.SCHEMA$,
          TrainingMetric.SCHEMA$,
          CheckpointManifest.SCHEMA$,
          CheckpointChunk.SCHEMA$,
          Progress.SCHEMA$,
          DeadLetter.SCHEMA$,
          ClassList.SCHEMA$,
          DatasetStatistics.SCHEMA$,
          Arrival.SCHEMA$,
          Mistakes.SCHEMA$);

  private static final List<String> EARLIER = List.of("TrainingMetric-1.avsc");

  private static final Map<Long, Schema> BY_FINGERPRINT = byFingerprint();

  // By identity: to compare schemas takes longer than to encode a small record. Never changed.
  private static final IdentityHashMap<Schema, byte[]> HEADERS = headers();

  private SchemaStore() {}

  static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
  }

  /** What a record of a schema begins with; not to be changed. */
  static byte[] header(Schema schema) {
    byte[] known = HEADERS.get(schema);
    return known == null ? newHeader(schema) : known;
  }

  private static byte[] newHeader(Schema schema) {
    return ByteBuffer.allocate(AvroSerde.HEADER_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) AvroSerde.MARKER)
        .putLong(fingerprint(schema))
        .array();
  }

  private static IdentityHashMap<Schema, byte[]> headers() {
    IdentityHashMap<Schema, byte[]> headers = new IdentityHashMap<>();
    CURRENT.forEach(schema -> headers.put(schema, newHeader(schema)));
    return headers;
  }

  /** The schema with that fingerprint, or null if no version known here has it. */
  static @Nullable Schema find(long fingerprint) {
    return BY_FINGERPRINT.get(fingerprint);
  }

  private static Map<Long, Schema> byFingerprint() {
    Map<Long, Schema> schemas = new HashMap<>();
    for (Schema schema : CURRENT) {
      schemas.put(fingerprint(schema), schema);
    }
    for (String name : EARLIER) {
      Schema schema = released(name);
      schemas.put(fingerprint(schema), schema);
    }
    return Map.copyOf(schemas);
  }

  /** An earlier form of a schema, by its file's name. */
  static Schema released(String name) {
    try (InputStream file = SchemaStore.class.getResourceAsStream("released/" + name)) {
      return new Schema.Parser().parse(Objects.requireNonNull(file, name));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the schema " + name, e);
    }
  }
}
