package dev.millrace.pipeline.metrics;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.SortedMap;

/** One JSON object a line. Numbers that JSON does not have (NaN and infinities) are null. */
public final class JsonLines implements MetricsLines {
  private static final JsonFactory JSON = new JsonFactory();

  private final Writer out;

  /** Writes to a stream, which stays open. */
  public JsonLines(Writer out) {
    this.out = out;
  }

  @Override
  public void begin() {
    // JSON lines have no heading.
  }

  @Override
  public void line(TrainingMetric metric, SortedMap<String, Double> values) throws IOException {
    try (JsonGenerator json =
        JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
      json.disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM);
      json.writeStartObject();
      json.writeStringField("time", metric.getTime().toString());
      json.writeStringField("run", metric.getRun());
      json.writeStringField("split", MetricsLines.split(metric));
      json.writeNumberField("step", metric.getStep());
      json.writeNumberField("epoch", metric.getEpoch());
      json.writeObjectFieldStart("values");
      for (Map.Entry<String, Double> value : values.entrySet()) {
        json.writeFieldName(value.getKey());
        if (Double.isFinite(value.getValue())) {
          json.writeNumber(value.getValue());
        } else {
          json.writeNull();
        }
      }
      json.writeEndObject();
      json.writeStringField("verdict", metric.getVerdict());
      json.writeEndObject();
    }
    out.write('\n');
  }
}
