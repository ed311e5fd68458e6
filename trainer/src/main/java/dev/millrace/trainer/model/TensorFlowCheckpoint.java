package dev.millrace.trainer.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** Writes tensors as a TensorFlow checkpoint of the second format, which RestoreV2 reads. */
public final class TensorFlowCheckpoint {
  /** Name of the int64 scalar that tells the steps done. */
  public static final String STEP = "step";

  private TensorFlowCheckpoint() {}

  /**
   * Writes {@code NAME.index}, {@code NAME.data-00000-of-00001} and the file {@code checkpoint} by
   * which TensorFlow finds the newest.
   *
   * @param tensors float32, under their own names
   * @param step steps done, as {@value #STEP}
   * @param folder an existing folder
   * @param name the checkpoint's name
   * @throws IOException when it cannot be written
   */
  public static void write(List<NamedTensor> tensors, long step, Path folder, String name)
      throws IOException {
    try {
      save(tensors, step, folder.resolve(name).toString());
    } catch (TensorFlowException e) {
      throw new IOException("TensorFlow cannot write it: " + e.getMessage(), e);
    }
    Files.writeString(
        folder.resolve("checkpoint"),
        "model_checkpoint_path: \"%1$s\"%nall_model_checkpoint_paths: \"%1$s\"%n".formatted(name));
  }

  private static void save(List<NamedTensor> tensors, long step, String prefix) {
    List<Tensor> held = new ArrayList<>();
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      List<Operand<?>> values = new ArrayList<>();
      List<String> names = new ArrayList<>();
      GraphRun run = new GraphRun(session);
      for (NamedTensor tensor : tensors) {
        Placeholder<TFloat32> value = tf.placeholder(TFloat32.class);
        TFloat32 copy = TFloat32.tensorOf(Shape.of(tensor.shape()));
        held.add(copy);
        TensorBytes.of(copy).put(tensor.littleEndianFloats().duplicate());
        run.feed(value, copy);
        values.add(value);
        names.add(tensor.name());
      }
      Placeholder<TInt64> steps = tf.placeholder(TInt64.class);
      TInt64 done = TInt64.scalarOf(step);
      held.add(done);
      run.feed(steps, done);
      values.add(steps);
      names.add(STEP);
      Placeholder<TString> slices = tf.placeholder(TString.class);
      TString whole = TString.vectorOf(names.stream().map(_ -> "").toArray(String[]::new));
      held.add(whole);
      run.feed(slices, whole);
      run.target(
              tf.train
                  .save(tf.constant(prefix), tf.array(names.toArray(String[]::new)), slices, values)
                  .op())
          .run()
          .close();
    } finally {
      held.forEach(Tensor::close);
    }
  }
}
