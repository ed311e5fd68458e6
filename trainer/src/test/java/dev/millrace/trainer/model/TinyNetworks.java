package dev.millrace.trainer.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Small instances of the networks, and images for them that are the same in each run. */
final class TinyNetworks {
  static final int CLASSES = 7;

  private TinyNetworks() {}

  /** AlexNet for images of 64 pixels: after the last pooling one position is left. */
  static AlexNet alexNet(float alpha) {
    AlexNet.Sizes sizes = new AlexNet.Sizes(64, 72, 4, 6, 8, 6, 10);
    return new AlexNet(sizes, new LocalResponse(2, 2f, alpha, 0.75f));
  }

  /** For images of 64 pixels as well. */
  static AlexNetOwt alexNetOwt() {
    return new AlexNetOwt(new AlexNetOwt.Sizes(64, 72, 4, 6, 8, 6, 10));
  }

  static Cifar10 cifar10() {
    return Cifar10.normalized(12, 6);
  }

  static CifarQuick cifarQuick() {
    return new CifarQuick(12, 4);
  }

  static SessionOptions options(Network network) {
    return options(network, Placement.ONE_DEVICE);
  }

  static SessionOptions options(Network network, Placement placement) {
    return options(network, placement, Precision.FLOAT32);
  }

  static SessionOptions options(Network network, Placement placement, Precision precision) {
    return options(network, placement, precision, Activation.RELU, 0.9f, 5e-4f);
  }

  static SessionOptions options(
      Network network,
      Placement placement,
      Precision precision,
      Activation activation,
      float momentum,
      float weightDecay) {
    return new SessionOptions(
        network,
        CLASSES,
        17,
        Device.CPU,
        2,
        true,
        precision,
        false,
        placement,
        momentum,
        weightDecay,
        (float) network.hyperparameters().dropout(),
        activation,
        network.mean());
  }

  /** A full buffer of noise, the same for the same {@code seed}. */
  static MinibatchBuffer filled(TrainingSession session, int images, int size, long seed) {
    MinibatchBuffer buffer = session.buffer(images, size, size);
    fill(buffer, seed);
    return buffer;
  }

  static void fill(MinibatchBuffer buffer, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] bytes = new byte[buffer.images().remaining()];
    random.nextBytes(bytes);
    buffer.images().put(bytes);
    for (int i = 0; i < buffer.maxImages(); i++) {
      buffer.setLabel(i, random.nextInt(CLASSES));
    }
  }

  /** All weights and momenta, copied. */
  static Map<String, ByteBuffer> copy(Snapshot snapshot) {
    Map<String, ByteBuffer> copies = new LinkedHashMap<>();
    for (NamedTensor tensor : snapshot.tensors()) {
      ByteBuffer view = tensor.littleEndianFloats().duplicate();
      copies.put(tensor.name(), ByteBuffer.allocate(view.remaining()).put(view).flip());
    }
    return copies;
  }

  static Map<String, ByteBuffer> weights(TrainingSession session) {
    try (Snapshot snapshot = session.snapshot()) {
      return copy(snapshot);
    }
  }

  /**
   * Multiplies all weights: those of the paper are made for wide layers, and in narrow ones nothing
   * of the image would reach the logits.
   */
  static void enliven(TrainingSession session, float factor) {
    Map<String, ByteBuffer> tensors = weights(session);
    tensors.forEach((name, bytes) -> {
      if (name.endsWith("/weights")) {
        FloatBuffer values = bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int i = 0; i < values.limit(); i++) {
          values.put(i, factor * values.get(i));
        }
      }
    });
    session.restore(tensors);
  }

  /** As text, so that a failing assertion stays short. */
  static String hex(Map<String, ByteBuffer> tensors) {
    StringBuilder text = new StringBuilder();
    tensors.forEach((name, bytes) ->
        text.append(name).append(' ').append(digest(bytes)).append(System.lineSeparator()));
    return text.toString();
  }

  private static String digest(ByteBuffer bytes) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes.duplicate());
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
