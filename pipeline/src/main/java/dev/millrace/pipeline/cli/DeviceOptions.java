package dev.millrace.pipeline.cli;

import dev.millrace.trainer.model.Device;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where TensorFlow computes. */
public final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "auto",
      description =
          "Where TensorFlow computes: cpu, gpu (fails where there is none) or auto. Default:"
              + " ${DEFAULT-VALUE}.")
  private Device device = Device.AUTO;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads that TensorFlow computes with on the processor; another number gives other"
              + " last bits. Default: one a processor.")
  private @Nullable Integer threads;

  /** The device. */
  public Device device() {
    return device;
  }

  /** The number of threads, if one was given. */
  public @Nullable Integer threads() {
    return threads;
  }
}
