package dev.millrace.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.pipeline.predict.Prediction;
import dev.millrace.pipeline.predict.PredictionListener;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.trainer.CheckpointClassifier;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints predictions for people or for scripts, and what failed to the other stream. */
final class PredictionPrinter implements PredictionListener {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean json;
  private int predicted;
  private int failures;

  PredictionPrinter(PrintWriter out, PrintWriter err, boolean json) {
    this.out = out;
    this.err = err;
    this.json = json;
  }

  /** Tells people which checkpoint it is. */
  void begin(CheckpointClassifier classifier) {
    if (!json) {
      CheckpointManifest manifest = classifier.manifest();
      out.printf(
          "By the %s: %s, %,d classes%n",
          CheckpointText.name(manifest), manifest.getModel(), classifier.model().classes());
      out.flush();
    }
  }

  @Override
  public void predicted(Prediction prediction) {
    predicted++;
    if (json) {
      out.println(line(prediction));
    } else {
      out.println(Letters.plain(prediction.image().toString()));
      for (Prediction.Guess guess : prediction.likeliest()) {
        out.printf(
            Locale.ROOT, "  %6.2f%%  %s%n", 100 * guess.probability(), Letters.plain(guess.name()));
      }
    }
    out.flush();
  }

  private static String line(Prediction prediction) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("image", prediction.image().toString());
    fields.put("classes", prediction.likeliest().stream().map(PredictionPrinter::fields).toList());
    try {
      return JSON.writeValueAsString(fields);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a prediction as JSON", e);
    }
  }

  private static Map<String, Object> fields(Prediction.Guess guess) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("index", guess.index());
    fields.put("name", guess.name());
    fields.put("probability", guess.probability());
    return fields;
  }

  @Override
  public void failed(Path file, String reason) {
    failures++;
    err.printf("Cannot predict %s: %s%n", Letters.plain(file.toString()), Letters.plain(reason));
    err.flush();
  }

  /** Counts, where something failed. */
  void end() {
    if (failures > 0) {
      err.printf("%,d images predicted, %,d failed%n", predicted, failures);
      err.flush();
    }
  }

  int failures() {
    return failures;
  }
}
