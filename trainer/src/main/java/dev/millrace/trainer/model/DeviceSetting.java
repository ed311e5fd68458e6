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
import org.tensorflow.types.TFloat32;

/**
 * The device that a session runs on, found out before it opens: where a GPU or one of its libraries
 * is missing, TensorFlow says so in one line of its log and takes the processor.
 *
 * @param gpu whether the graph runs on a GPU
 */
record DeviceSetting(boolean gpu, ConfigProto config) {
  private static final String DETERMINISTIC = "TF_DETERMINISTIC_OPS";

  /**
   * @throws DeviceUnavailableException when a GPU was asked for and TensorFlow has none
   * @throws IllegalStateException when a GPU shall be deterministic and the environment forbids it
   */
  static DeviceSetting of(Device device, int threads, boolean deterministic) {
    if (device == Device.CPU) {
      return new DeviceSetting(false, config(threads).putDeviceCount("GPU", 0).build());
    }
    ConfigProto config =
        config(threads).setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true)).build();
    try {
      probe(config);
    } catch (TensorFlowException | IllegalArgumentException e) { // by the kind of fault
      if (device == Device.AUTO) {
        return of(Device.CPU, threads, deterministic);
      }
      throw new DeviceUnavailableException(
          "Cannot train on a GPU: TensorFlow found none it can use. It needs the native library "
              + "linux-x86_64-gpu (build with -Pgpu), an NVIDIA driver and the libraries of CUDA 12 "
              + "and cuDNN 9 on LD_LIBRARY_PATH; with TF_CPP_MIN_LOG_LEVEL=0 in the environment "
              + "TensorFlow names what is missing. "
              + "Ask for the device cpu or auto to train without.",
          e);
    }
    if (deterministic && !"1".equals(System.getenv(DETERMINISTIC))) {
      throw new IllegalStateException(
          "Cannot train deterministically on a GPU: TensorFlow must find %s=1 in the environment, found %s; set it before the JVM starts"
              .formatted(DETERMINISTIC, System.getenv(DETERMINISTIC)));
    }
    return new DeviceSetting(true, config);
  }

  private static ConfigProto.Builder config(int threads) {
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(threads)
        .setInterOpParallelismThreads(threads)
        .setAllowSoftPlacement(true);
  }

  /** Runs one operation that may run on a GPU only. */
  private static void probe(ConfigProto config) {
    ConfigProto strict = config.toBuilder().setAllowSoftPlacement(false).build();
    DeviceSpec gpu =
        DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.GPU).deviceIndex(0).build();
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
