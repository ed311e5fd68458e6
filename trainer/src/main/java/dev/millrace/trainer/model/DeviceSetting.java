package dev.millrace.trainer.model;

import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.types.TFloat32;

/**
 * The devices that a session runs on, found out before it opens: where a GPU or one of its
 * libraries is missing, TensorFlow says so in one line of its log and takes the processor.
 *
 * @param gpu whether the graph runs on GPUs
 */
record DeviceSetting(boolean gpu, ConfigProto config) {
  private static final String DETERMINISTIC = "TF_DETERMINISTIC_OPS";

  /**
   * @throws DeviceUnavailableException when TensorFlow does not have the devices asked for
   * @throws IllegalStateException when a GPU shall be deterministic and the environment forbids it
   */
  static DeviceSetting of(SessionOptions options) {
    return of(
        options.device(),
        options.threads(),
        options.deterministic(),
        options.xla(),
        options.placement());
  }

  /**
   * @throws DeviceUnavailableException when TensorFlow does not have the devices asked for
   * @throws IllegalStateException when a GPU shall be deterministic and the environment forbids it
   */
  static DeviceSetting of(
      Device device, int threads, boolean deterministic, boolean xla, Placement placement) {
    int needed = placement.devices();
    if (device == Device.CPU) {
      return processor(threads, placement);
    }
    ConfigProto config =
        config(threads)
            .setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true))
            .setGraphOptions(
                GraphOptions.newBuilder()
                    .setOptimizerOptions(
                        OptimizerOptions.newBuilder()
                            .setGlobalJitLevel(
                                xla
                                    ? OptimizerOptions.GlobalJitLevel.ON_2
                                    : OptimizerOptions.GlobalJitLevel.DEFAULT)))
            .build();
    try {
      probe(config, 0);
    } catch (TensorFlowException | IllegalArgumentException e) { // by the kind of fault
      if (device == Device.AUTO) {
        return processor(threads, placement);
      }
      throw new DeviceUnavailableException(
          "Cannot train on a GPU: TensorFlow found none it can use. It needs the native library "
              + "linux-x86_64-gpu (build with -Pgpu), an NVIDIA driver and the libraries of CUDA 12 "
              + "and cuDNN 9 on LD_LIBRARY_PATH; with TF_CPP_MIN_LOG_LEVEL=0 in the environment "
              + "TensorFlow names what is missing. "
              + "Ask for the device cpu or auto to train without.",
          e);
    }
    for (int i = 1; i < needed; i++) {
      requireGpu(config, i, placement);
    }
    if (deterministic && !"1".equals(System.getenv(DETERMINISTIC))) {
      throw new IllegalStateException(
          "Cannot train deterministically on a GPU: TensorFlow must find %s=1 in the environment, found %s; set it before the JVM starts"
              .formatted(DETERMINISTIC, System.getenv(DETERMINISTIC)));
    }
    return new DeviceSetting(true, config);
  }

  private static DeviceSetting processor(int threads, Placement placement) {
    if (placement.devices() > 1 && !placement.virtual()) {
      throw new DeviceUnavailableException(
          "Cannot train in %s: each needs a GPU of its own, and the device is the processor. Leave the option out, or give --device cpu --virtual-devices to divide the processor, which trains no faster."
              .formatted(placement.text()));
    }
    return new DeviceSetting(
        false,
        config(threads)
            .putDeviceCount("GPU", 0)
            .putDeviceCount("CPU", placement.devices())
            .build());
  }

  private static void requireGpu(ConfigProto config, int index, Placement placement) {
    try {
      probe(config, index);
    } catch (TensorFlowException | IllegalArgumentException e) { // by the kind of fault
      throw new DeviceUnavailableException(
          "Cannot train in %s: each needs a GPU of its own, and TensorFlow found %d. See CUDA_VISIBLE_DEVICES, or leave the option out."
              .formatted(placement.text(), index),
          e);
    }
  }

  private static ConfigProto.Builder config(int threads) {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads)
        .setAllowSoftPlacement(true);
  }

  /** Runs one operation that may run on that GPU only. */
  private static void probe(ConfigProto config, int index) {
    ConfigProto strict = config.toBuilder().setAllowSoftPlacement(false).build();
    DeviceSpec gpu =
        DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.GPU).deviceIndex(index).build();
    try (Graph graph = new Graph();
        Session session = new Session(graph, strict)) {
      Ops tf = Ops.create(graph).withDevice(gpu);
      Operand<TFloat32> two = tf.math.add(tf.constant(1f), tf.constant(1f));
      try (Result ran = session.runner().fetch(two).run()) {
        if (ran.size() != 1) {
          throw new IllegalStateException("Probing the GPU gave no value");
        }
      }
    }
  }
}
