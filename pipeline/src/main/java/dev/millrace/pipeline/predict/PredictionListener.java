package dev.millrace.pipeline.predict;

import java.nio.file.Path;

/** Told what becomes of each image. */
public interface PredictionListener {
  /** An image was predicted. */
  void predicted(Prediction prediction);

  /** A file is no image that can be decoded, or cannot be read. */
  void failed(Path file, String reason);
}
