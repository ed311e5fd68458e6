package dev.millrace.pipeline.cli;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.CropPolicy;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is done to an image. */
public final class AugmentationOptions {
  @Option(
      names = "--policy",
      paramLabel = "NAME",
      defaultValue = "paper",
      description =
          "How a training tensor is cut out: paper (the central square, and of it a crop at random),"
              + " random-resized-crop (a part of random area and shape, resized to the crop), or none"
              + " (the centre; no flip, no colors). Default: ${DEFAULT-VALUE}.")
  private CropPolicy policy = CropPolicy.PAPER;

  @Option(
      names = "--min-area",
      paramLabel = "SHARE",
      defaultValue = "0.08",
      description =
          "Least share of an image's area that random-resized-crop takes, 0.01 to 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double minArea = 0.08;

  @Option(
      names = "--resize",
      paramLabel = "PIXELS",
      description =
          "Resize the shorter side to this and take the central square. Default: what the model"
              + " was published with (256 for alexnet).")
  private @Nullable Integer resize;

  @Option(
      names = "--crop",
      paramLabel = "PIXELS",
      description =
          "Height and width of the random crop, which is the tensor. Default: the model's input"
              + " (224 for alexnet).")
  private @Nullable Integer crop;

  @Option(
      names = "--flip",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description = "Probability of a horizontal flip. Default: ${DEFAULT-VALUE}.")
  private double flip = 0.5;

  @Option(
      names = "--lighting",
      paramLabel = "SIGMA",
      defaultValue = "0.1",
      description = "PCA lighting's standard deviation, 0 for none. Default: ${DEFAULT-VALUE}.")
  private double lighting = 0.1;

  @Option(
      names = "--brightness",
      paramLabel = "STRENGTH",
      defaultValue = "0",
      description = "Brightness jitter, 0 to 1. Default: ${DEFAULT-VALUE}.")
  private double brightness;

  @Option(
      names = "--contrast",
      paramLabel = "STRENGTH",
      defaultValue = "0",
      description = "Contrast jitter, 0 to 1. Default: ${DEFAULT-VALUE}.")
  private double contrast;

  @Option(
      names = "--saturation",
      paramLabel = "STRENGTH",
      defaultValue = "0",
      description = "Saturation jitter, 0 to 1. Default: ${DEFAULT-VALUE}.")
  private double saturation;

  @Option(
      names = "--hue",
      paramLabel = "STRENGTH",
      defaultValue = "0",
      description = "Hue jitter in turns of the color circle, 0 to 0.5. Default: ${DEFAULT-VALUE}.")
  private double hue;

  @Option(
      names = "--max-pixels",
      paramLabel = "N",
      defaultValue = "64000000",
      description = "Images with more pixels become dead letters. Default: ${DEFAULT-VALUE}.")
  private long maxPixels = 64_000_000;

  /**
   * The augmenter's options, as far as they are about what is done to an image.
   *
   * @param storedSize the model's square before the crop, in pixels
   * @param inputSize the model's input, in pixels
   * @param settings how large images and tensors may be
   * @throws IllegalArgumentException if the largest image is out of range
   */
  public AugmenterOptions.Builder options(
      int storedSize, int inputSize, long seed, TopicSettings settings) {
    return AugmenterOptions.builder()
        .policy(policy)
        .minArea(minArea)
        .resize(resize != null ? resize : storedSize)
        .crop(crop != null ? crop : inputSize)
        .flip(flip)
        .lighting(lighting)
        .brightness(brightness)
        .contrast(contrast)
        .saturation(saturation)
        .hue(hue)
        .seed(seed)
        .imageLimits(new ImageLimits(settings.maxImageBytes(), maxPixels))
        .maxRecordBytes(Topics.maxRecordBytes(settings));
  }

  /** The values that depend on the model, by option name. */
  public static Map<String, Object> resolved(AugmenterOptions options) {
    return Map.of("resize", options.resize(), "crop", options.crop());
  }
}
