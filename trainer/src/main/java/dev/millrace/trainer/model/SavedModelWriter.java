package dev.millrace.trainer.model;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

/**
 * Writes a network with its weights as a TensorFlow SavedModel. The weights are constants of the
 * graph: TensorFlow Java's own exporter leaves out resource variables without a word, and a graph
 * of constants is read by everything that reads SavedModels.
 *
 * <p>The signature {@code serving_default} takes {@code images}, uint8 of [-1, H, W, 3] in the
 * network's input size, and gives {@code probabilities}, float of [-1, classes], and the five
 * likeliest classes (or all, where there are fewer): {@code classes}, int64, and {@code scores},
 * float, likeliest first.
 */
public final class SavedModelWriter {
  private static final int SCHEMA_VERSION = 1;
  private static final int TOP = 5;
  private static final String TAG = "serve";
  private static final String SIGNATURE = "serving_default";
  private static final String METHOD = "tensorflow/serving/predict";

  private SavedModelWriter() {}

  /**
   * Writes {@code saved_model.pb}.
   *
   * @param options the network; where it would run, seed, momentum and weight decay do not matter
   * @param weights little-endian floats by the names that a {@link Snapshot} has; momenta are
   *     passed over
   * @param folder an existing folder
   * @throws IllegalArgumentException when a weight is missing or of another size
   * @throws IOException when it cannot be written
   */
  public static void write(SessionOptions options, Map<String, ByteBuffer> weights, Path folder)
      throws IOException {
    SavedModel model = model(options, weights);
    // Through a small buffer: the constants stay where they are, outside the heap.
    try (OutputStream file = Files.newOutputStream(folder.resolve("saved_model.pb"))) {
      CodedOutputStream out = CodedOutputStream.newInstance(file);
      model.writeTo(out);
      out.flush();
    }
  }

  private static SavedModel model(SessionOptions options, Map<String, ByteBuffer> weights) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      int size = options.network().inputSize();
      Placeholder<TUint8> images =
          tf.withName("images")
              .placeholder(
                  TUint8.class, Placeholder.shape(Shape.of(Shape.UNKNOWN_SIZE, size, size, 3)));
      Weights variables = new Weights(tf, options.seed());
      ForwardPass pass =
          ForwardPass.build(
              List.of(tf),
              variables,
              Dropout.evaluation(options.dropout()),
              images,
              options,
              LocalResponse.Form.OPERATION);
      Operand<TFloat32> probabilities = tf.withName("probabilities").nn.softmax(pass.logits());
      int top = Math.min(TOP, options.classes());
      TopK<TFloat32, TInt32> best =
          tf.withName("top").nn.topK(probabilities, tf.constant(top), new TopK.Options[0]);
      Operand<TInt64> classes = tf.withName("classes").dtypes.cast(best.indices(), TInt64.class);
      Map<String, NamedVariable> named = variables.named();
      WeightsCheck.check(named, weights);
      SignatureDef signature =
          SignatureDef.newBuilder()
              .setMethodName(METHOD)
              .putInputs("images", info(images, DataType.DT_UINT8, -1, size, size, 3))
              .putOutputs(
                  "probabilities", info(probabilities, DataType.DT_FLOAT, -1, options.classes()))
              .putOutputs("classes", info(classes, DataType.DT_INT64, -1, top))
              .putOutputs("scores", info(best.values(), DataType.DT_FLOAT, -1, top))
              .build();
      GraphDef frozen =
          FrozenGraph.of(
              graph.toGraphDef(),
              named.values(),
              weights,
              List.of(probabilities.op().name(), classes.op().name()));
      return SavedModel.newBuilder()
          .setSavedModelSchemaVersion(SCHEMA_VERSION)
          .addMetaGraphs(
              MetaGraphDef.newBuilder()
                  .setMetaInfoDef(
                      MetaGraphDef.MetaInfoDef.newBuilder()
                          .addTags(TAG)
                          .setTensorflowVersion(TensorFlow.version()))
                  .setGraphDef(frozen)
                  .putSignatureDef(SIGNATURE, signature))
          .build();
    }
  }

  private static TensorInfo info(Operand<?> operand, DataType type, long... shape) {
    TensorShapeProto.Builder sizes = TensorShapeProto.newBuilder();
    for (long size : shape) {
      sizes.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    var output = operand.asOutput();
    return TensorInfo.newBuilder()
        .setName(output.op().name() + ":" + output.index())
        .setDtype(type)
        .setTensorShape(sizes)
        .build();
  }
}
