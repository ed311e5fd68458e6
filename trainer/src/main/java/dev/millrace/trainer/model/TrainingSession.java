package dev.millrace.trainer.model;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A network in training: weights, momenta and the graphs of a training step and of an evaluation.
 *
 * <p>On a processor, with the same seed, number of threads, placement and TensorFlow, the same
 * minibatches give the same weights bit for bit, also across {@link #snapshot} and {@link
 * #restore}. One thread at a time may use a session; only a {@link Snapshot} may be read by another
 * one meanwhile.
 */
public final class TrainingSession implements AutoCloseable {
  private final SessionOptions options;
  private final DeviceSetting device;
  private final Peers peers;
  private final Graph graph;
  private final Graph placed;
  private final Session session;
  private final Map<String, NamedVariable> variables;
  private final long parameters;
  private final TrainingGraph training;
  private final EvaluationGraph evaluation;
  private final TenCropGraph tenCrops;
  private final PeerSums peerSums;

  private TrainingSession(
      SessionOptions options, DeviceSetting device, Peers peers, boolean staged) {
    this.options = options;
    this.device = device;
    this.peers = peers;
    this.graph = new Graph();
    Ops tf = Ops.create(graph);
    Devices devices = new Devices(device.gpu(), options.placement().devices(), peers);
    AllReduce allReduce = new AllReduce(peers);
    Weights weights = new Weights(devices.onHost(tf, "weights"), options.seed());
    this.training =
        TrainingGraph.build(graph, tf, weights, options, devices, peers, allReduce, staged);
    this.evaluation = EvaluationGraph.build(tf, weights, options, devices);
    this.tenCrops = TenCropGraph.build(tf, weights, options, devices);
    this.peerSums = PeerSums.build(devices.onHost(tf, "peer_sums"), allReduce);
    this.variables = weights.named();
    this.parameters = weights.parameters();
    this.placed = devices.placed(graph);
    this.session =
        peers.alone()
            ? new Session(placed, device.config())
            : PeerServer.start(peers, device.config()).open(placed);
  }

  /**
   * Builds the graphs and gives all weights their initial values, which follow from the seed alone.
   *
   * @throws DeviceUnavailableException when TensorFlow does not have the devices asked for
   * @throws IllegalStateException when a GPU shall be deterministic and the environment forbids it
   */
  public static TrainingSession open(SessionOptions options) {
    return open(options, Peers.NONE);
  }

  /**
   * The same for one of several processes that train together, each with the same options. From now
   * on all of them make the same steps and sums in the same order: each waits for the others.
   *
   * @throws DeviceUnavailableException as above
   * @throws IllegalStateException as above
   * @throws org.tensorflow.exceptions.TensorFlowException if this process's server cannot listen
   */
  public static TrainingSession open(SessionOptions options, Peers peers) {
    DeviceSetting device = DeviceSetting.of(options);
    // Columns, towers and peers read their parts of it on devices of their own.
    boolean staged = device.gpu() && options.placement().devices() == 1 && peers.alone();
    return open(options, device, peers, staged);
  }

  /** As on a GPU: minibatches are staged. */
  static TrainingSession openStaged(SessionOptions options) {
    return open(options, DeviceSetting.of(options), Peers.NONE, true);
  }

  private static TrainingSession open(
      SessionOptions options, DeviceSetting device, Peers peers, boolean staged) {
    TrainingSession opened = new TrainingSession(options, device, peers, staged);
    opened.initialize();
    return opened;
  }

  /**
   * Checks that the devices are there, without building a graph.
   *
   * @throws DeviceUnavailableException when TensorFlow does not have the devices asked for
   * @throws IllegalStateException when a GPU shall be deterministic and the environment forbids it
   */
  public static void requireDevice(
      Device device, int threads, boolean deterministic, Placement placement) {
    if (device == Device.GPU || placement.devices() > 1) {
      DeviceSetting.of(device, threads, deterministic, false, placement);
    }
  }

  /**
   * Adds numbers up over all peers, element by element: exact where whole numbers stay below 2^53.
   * Without peers they are the sums.
   *
   * @param own this process's; as many on every peer
   * @throws org.tensorflow.exceptions.TensorFlowException if a peer is gone
   */
  public double[] sum(double... own) {
    return peers.alone() ? own.clone() : peerSums.of(new GraphRun(session), own);
  }

  private void initialize() {
    for (NamedVariable variable : variables.values()) {
      new GraphRun(session).target(variable.initialize()).run().close();
    }
  }

  /** Number of weights and biases, without momenta: 60,965,224 for AlexNet with 1000 classes. */
  public long parameters() {
    return parameters;
  }

  /** Height and width of what the network looks at, in pixels. */
  public int inputSize() {
    return options.network().inputSize();
  }

  /** Whether it runs on a GPU. */
  public boolean onGpu() {
    return device.gpu();
  }

  /** What the bits of the weights depend on besides seed and minibatches, for the checkpoint. */
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("tensorflow", TensorFlow.version());
    environment.put("device", device.gpu() ? "gpu" : "cpu");
    String devices = options.placement().text();
    environment.put(
        "devices", peers.alone() ? devices : "%d workers of %s".formatted(peers.count(), devices));
    environment.put("precision", options.precision().toString());
    environment.put("xla", options.xla() ? "on" : "off");
    int threads = options.threads();
    environment.put(
        "threads",
        Integer.toString(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads));
    // Unless told, TensorFlow decides by the processor.
    String oneDnn = System.getenv().getOrDefault("TF_ENABLE_ONEDNN_OPTS", "by the processor");
    environment.put("onednn", oneDnn.replace("0", "off").replace("1", "on"));
    return environment;
  }

  /**
   * A buffer for minibatches of up to {@code maxImages} images of this session's classes. The
   * caller closes it.
   */
  public MinibatchBuffer buffer(int maxImages, int height, int width) {
    return new MinibatchBuffer(maxImages, height, width, options.classes(), device.gpu());
  }

  /**
   * How many minibatches should be read ahead of the step under way, so that a step finds its
   * images on the device.
   */
  public int minibatchesAhead() {
    return training.staging() == null ? 1 : 2;
  }

  /**
   * Brings a minibatch to a GPU while steps before it run; elsewhere there is nothing to bring. The
   * steps must then take the buffers in the order in which they were staged. May be called by
   * another thread than the one that trains, one at a time.
   *
   * @param images how many of the buffer's images the step will take
   * @throws IllegalArgumentException when the buffer's size or {@code images} do not fit
   */
  public void stage(MinibatchBuffer buffer, int images) {
    check(buffer, images, options.network().inputSize());
    Staging staging = training.staging();
    if (staging == null) {
      return;
    }
    try (TInt32 count = TInt32.scalarOf(images)) {
      training
          .input()
          .feed(new GraphRun(session), buffer, count)
          .target(staging.put())
          .run()
          .close();
    }
    buffer.staged(true);
  }

  /**
   * One step: forward, loss, backward and update.
   *
   * @param buffer images of the network's input size; brought to the device now unless it was
   *     staged
   * @param images how many of the buffer's images to take, from its first on; an epoch's last
   *     minibatch may be smaller
   * @param step the step's number, from 0 to below 2^40, by which units are dropped
   * @param learningRate of this step
   * @throws IllegalArgumentException when the buffer's size or {@code images} do not fit
   */
  public StepResult train(MinibatchBuffer buffer, int images, long step, float learningRate) {
    check(buffer, images, options.network().inputSize());
    boolean fed = training.staging() == null;
    if (!fed && !buffer.staged()) {
      stage(buffer, images);
    }
    buffer.staged(false);
    try (TInt32 count = TInt32.scalarOf(images);
        TInt64 key = TInt64.vectorOf(options.seed(), step);
        TFloat32 rate = TFloat32.scalarOf(learningRate);
        Result result =
            input(buffer, count, fed)
                .feed(training.key(), key)
                .feed(training.learningRate(), rate)
                .fetch(training.loss())
                .fetch(training.top1Errors())
                .fetch(training.top5Errors())
                .fetch(training.gradientNorm())
                .target(training.update())
                .run()) {
      return new StepResult(
          ((TFloat32) result.get(0)).getFloat(),
          ((TInt32) result.get(1)).getInt(),
          ((TInt32) result.get(2)).getInt(),
          ((TFloat32) result.get(3)).getFloat());
    }
  }

  private GraphRun input(MinibatchBuffer buffer, TInt32 count, boolean fed) {
    GraphRun run = new GraphRun(session);
    return fed
        ? training.input().feed(run, buffer, count)
        : run.feed(training.input().count(), count);
  }

  /**
   * Loss and errors with the weights as they are; no unit is dropped.
   *
   * @param buffer images of the network's stored size, of which the centre is taken
   * @param images how many of the buffer's images to take, from its first on
   * @throws IllegalArgumentException when the buffer's size or {@code images} do not fit
   */
  public EvaluationResult evaluate(MinibatchBuffer buffer, int images) {
    check(buffer, images, options.network().storedSize());
    try (TInt32 count = TInt32.scalarOf(images);
        Result result =
            evaluation
                .input()
                .feed(new GraphRun(session), buffer, count)
                .fetch(evaluation.lossSum())
                .fetch(evaluation.top1Errors())
                .fetch(evaluation.top5Errors())
                .fetch(evaluation.ofLabels())
                .fetch(evaluation.likeliest().indices())
                .fetch(evaluation.likeliest().values())
                .run()) {
      return new EvaluationResult(
          ((TFloat64) result.get(0)).getDouble(),
          ((TInt32) result.get(1)).getInt(),
          ((TInt32) result.get(2)).getInt(),
          images,
          new Predictions(
              TensorBytes.floats(result.get(3)),
              TensorBytes.ints(result.get(4)),
              TensorBytes.floats(result.get(5))));
    }
  }

  /**
   * Errors with the weights as they are, by the average of ten crops of each image.
   *
   * @param buffer images of the network's stored size
   * @param images how many of the buffer's images to take, from its first on
   * @throws IllegalArgumentException when the buffer's size or {@code images} do not fit
   */
  public TenCropResult testTenCrops(MinibatchBuffer buffer, int images) {
    check(buffer, images, options.network().storedSize());
    try (TInt32 count = TInt32.scalarOf(images);
        Result result =
            tenCrops
                .input()
                .feed(new GraphRun(session), buffer, count)
                .fetch(tenCrops.top1Errors())
                .fetch(tenCrops.top5Errors())
                .run()) {
      return new TenCropResult(
          ((TInt32) result.get(0)).getInt(), ((TInt32) result.get(1)).getInt());
    }
  }

  /** All weights and momenta as they are now; the caller closes it. */
  public Snapshot snapshot() {
    GraphRun run = new GraphRun(session);
    variables.values().forEach(variable -> run.fetch(variable.read()));
    return new Snapshot(variables.values(), run.run());
  }

  /**
   * Gives all weights and momenta the values of a snapshot of the same network and classes.
   *
   * @param tensors little-endian floats by the names of {@link Snapshot#tensors}; each buffer is
   *     read from position to limit and left as it is
   * @throws IllegalArgumentException when a tensor is missing, unknown or of another size; nothing
   *     has changed then
   */
  public void restore(Map<String, ByteBuffer> tensors) {
    checkRestorable(tensors);
    tensors.forEach((name, bytes) -> {
      NamedVariable variable = variables.get(name);
      if (variable != null) {
        assign(variable, bytes);
      }
    });
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

  private void checkRestorable(Map<String, ByteBuffer> tensors) {
    List<String> wrong = new ArrayList<>();
    variables.forEach((name, variable) -> {
      ByteBuffer bytes = tensors.get(name);
      long expected = variable.elements() * Float.BYTES;
      if (bytes == null) {
        wrong.add(name + " is missing");
      } else if (bytes.remaining() != expected) {
        wrong.add("%s must have %d bytes, found %d".formatted(name, expected, bytes.remaining()));
      }
    });
    tensors.keySet().stream()
        .filter(name -> !variables.containsKey(name))
        .forEach(name -> wrong.add(name + " is unknown to the network"));
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot restore the weights: they must come from the same network with as many classes; "
              + String.join("; ", wrong));
    }
  }

  private static void check(MinibatchBuffer buffer, int images, int size) {
    if (buffer.height() != size || buffer.width() != size) {
      throw new IllegalArgumentException(
          "Cannot use the minibatch: its images must be %dx%d pixels, found %dx%d"
              .formatted(size, size, buffer.height(), buffer.width()));
    }
    if (images < 1 || images > buffer.maxImages()) {
      throw new IllegalArgumentException(
          "Cannot use the minibatch: it must have from 1 to %d images, found %d"
              .formatted(buffer.maxImages(), images));
    }
  }

  /** The graph with the device of every operation. */
  GraphDef definition() {
    return placed.toGraphDef();
  }

  /** Ends the session and gives its memory back; snapshots taken before stay readable. */
  @Override
  public void close() {
    session.close();
    placed.close();
    graph.close();
  }
}
