package dev.millrace.schemas;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Finds the schema that a record was written with by its fingerprint (CRC-64-AVRO over the parsing
 * canonical form): every current schema of this module.
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
          DatasetStatistics.SCHEMA$);

  private static final Map<Long, Schema> BY_FINGERPRINT = byFingerprint();

  private SchemaStore() {}

  static long fingerprint(Schema schema) {
    return SchemaNormalization.parsingFingerprint64(schema);
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
    return Map.copyOf(schemas);
  }
}
