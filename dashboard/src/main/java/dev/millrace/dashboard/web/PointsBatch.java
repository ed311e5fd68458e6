package dev.millrace.dashboard.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.dashboard.history.History;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Records of one run and split, in the order in which they came. */
final class PointsBatch {
  private static final JsonFactory JSON = new JsonFactory();

  private final Key key;
  private final List<TrainingMetric> records = new ArrayList<>();
  private final Set<String> names = new TreeSet<>();

  /** What all records of a batch share. */
  record Key(String run, Split split) {}

  PointsBatch(Key key) {
    this.key = key;
  }

  void add(TrainingMetric record) {
    records.add(record);
    names.addAll(record.getValues().keySet());
  }

  String run() {
    return key.run;
  }

  /** As a line of JSON. */
  byte[] json() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("run", key.run);
      out.writeStringField("split", History.name(key.split));
      out.writeArrayFieldStart("step");
      for (TrainingMetric record : records) {
        out.writeNumber(record.getStep());
      }
      out.writeEndArray();
      out.writeArrayFieldStart("time");
      for (TrainingMetric record : records) {
        out.writeNumber(record.getTime().toEpochMilli());
      }
      out.writeEndArray();
      out.writeObjectFieldStart("values");
      for (String name : names) {
        column(name, out);
      }
      out.writeEndObject();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write points as JSON", e);
    }
    return bytes.toByteArray();
  }

  private void column(String name, JsonGenerator out) throws IOException {
    out.writeArrayFieldStart(name);
    for (TrainingMetric record : records) {
      Double value = record.getValues().get(name);
      if (value == null || !Double.isFinite(value)) {
        out.writeNull();
      } else {
        out.writeNumber(value);
      }
    }
    out.writeEndArray();
  }
}
