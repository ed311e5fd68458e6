package dev.millrace.trainer.model;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A trained network that tells classes: the forward pass of an evaluation and nothing else, so that
 * it takes neither memory for momenta nor time for the graph of a training step. For one thread.
 */
public final class Classifier implements AutoCloseable {
  private final SessionOptions options;
  private final Graph graph = new Graph();
  private final ClassifierGraph classifier;
  private final Graph placed;
  private final Session session;

  private Classifier(
      SessionOptions options, Map<String, ByteBuffer> weights, DeviceSetting device, boolean ten) {
    this.options = options;
    Network network = options.network();
    Ops tf = Ops.create(graph);
    Devices devices = new Devices(device.gpu(), options.placement().devices());
    Weights variables = new Weights(devices.onHost(tf, "weights"), options.seed());
    List<View> views =
        ten
            ? View.ten(network.storedSize(), network.inputSize())
            : List.of(View.centre(network.storedSize(), network.inputSize()));
    this.classifier = ClassifierGraph.build(tf, variables, options, devices, views);
    Map<String, NamedVariable> named = variables.named();
    this.placed = devices.placed(graph);
    this.session = new Session(placed, device.config());
    restore(named, weights);
  }

  /**
   * Builds the graph and gives it its weights.
   *
   * @param options the network and where it runs; seed, momentum and weight decay do not matter
   * @param weights little-endian floats by the names that a {@link Snapshot} has; momenta are
   *     passed over
   * @param tenCrops whether to average what the network says of the ten crops of section 4.1
   *     instead of looking at the centre
   * @throws DeviceUnavailableException when TensorFlow does not have the device asked for
   * @throws IllegalArgumentException when a weight is missing or of another size
   */
  public static Classifier open(
      SessionOptions options, Map<String, ByteBuffer> weights, boolean tenCrops) {
    return new Classifier(options, weights, DeviceSetting.of(options), tenCrops);
  }

  private void restore(Map<String, NamedVariable> variables, Map<String, ByteBuffer> weights) {
    try {
      WeightsCheck.check(variables, weights);
      variables.forEach((name, variable) -> {
        ByteBuffer bytes = weights.get(name);
        if (bytes != null && !name.endsWith(Weights.MOMENTUM)) {
          assign(variable, bytes);
        }
      });
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void assign(NamedVariable variable, ByteBuffer bytes) {
    try (TFloat32 value = TFloat32.tensorOf(Shape.of(variable.shape()))) {
      TensorBytes.of(value).put(bytes.duplicate());
      new GraphRun(session)
          .feed(variable.restored(), value)
          .target(variable.restore())
          .run()
          .close();
    }
  }

  /** A buffer for up to {@code maxImages} images of the network's stored size; the caller's. */
  public MinibatchBuffer buffer(int maxImages) {
    int size = options.network().storedSize();
    return new MinibatchBuffer(maxImages, size, size, options.classes(), false);
  }

  /**
   * How likely each class is.
   *
   * @param buffer one of {@link #buffer}
   * @param images how many of the buffer's images to take, from its first on
   * @return for each image the probabilities of all classes in the order of their index, which add
   *     up to 1
   */
  public List<float[]> probabilities(MinibatchBuffer buffer, int images) {
    try (TInt32 count = TInt32.scalarOf(images);
        Result result =
            classifier
                .input()
                .feed(new GraphRun(session), buffer, count)
                .fetch(classifier.probabilities())
                .run()) {
      FloatBuffer values = TensorBytes.of(result.get(0)).asFloatBuffer();
      List<float[]> ofImages = new ArrayList<>();
      for (int i = 0; i < images; i++) {
        float[] ofImage = new float[options.classes()];
        values.get(ofImage);
        ofImages.add(ofImage);
      }
      return ofImages;
    }
  }

  /** Ends the session and gives its memory back. */
  @Override
  public void close() {
    session.close();
    placed.close();
    graph.close();
  }
}
