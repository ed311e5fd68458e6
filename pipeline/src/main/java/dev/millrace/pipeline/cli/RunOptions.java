package dev.millrace.pipeline.cli;

import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.model.Activation;
import dev.millrace.trainer.model.Precision;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which run, and where it computes: what an evaluation takes as well. */
public final class RunOptions {
  @Option(
      names = "--run",
      paramLabel = "NAME",
      defaultValue = "default",
      description =
          "Name of the training run: the same name goes on from its newest checkpoint. Default:"
              + " ${DEFAULT-VALUE}.")
  private String run = "default";

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "0",
      description = "Number of classes, 0 for as many as the producer names. Default: 0.")
  private int classes;

  @Option(
      names = "--activation",
      paramLabel = "FUNCTION",
      defaultValue = "relu",
      description =
          "What the network's hidden units make of their sums: relu or tanh. Default:"
              + " ${DEFAULT-VALUE}.")
  private Activation activation = Activation.RELU;

  @Option(
      names = "--ten-crop",
      description =
          "At each evaluation, test on ten crops of each image as well: the corners, the centre and"
              + " their mirror images, averaged; takes ten times as long.")
  private boolean tenCrop;

  @Mixin private DeviceOptions device = new DeviceOptions();

  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      defaultValue = "float32",
      description =
          "Numbers that the network's layers are computed in: float32, or bfloat16, which is faster"
              + " where the device has instructions for it; weights are 32 bits wide in any case."
              + " Default: ${DEFAULT-VALUE}.")
  private Precision precision = Precision.FLOAT32;

  /** The options with these set. */
  public TrainerOptions.Builder apply(TrainerOptions.Builder builder) {
    builder
        .run(run)
        .classes(classes)
        .activation(activation)
        .tenCrops(tenCrop)
        .precision(precision)
        .device(device.device());
    Integer threads = device.threads();
    return threads == null ? builder : builder.threads(threads);
  }
}
