package dev.millrace.benchmarks;

import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.Psnr;
import dev.millrace.imaging.Window;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Split;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How near the resized images are to the exact ones. */
@Command(
    name = "benchmarks/run quality",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Holds the fast decoding and resizing of a crop against decoding all of the image and"
            + " resizing it in double precision; prints the peak signal-to-noise ratio.")
public final class QualityBenchmark implements Callable<Integer> {
  private static final int SHORTER_SIDE = 256;
  private static final int SQUARE = 224;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder or tar of images with labels.")
  private Path data = Path.of("");

  @Option(
      names = "--least",
      paramLabel = "DB",
      defaultValue = "45",
      description = "Fail when an image is below this, in decibels. Default: ${DEFAULT-VALUE}.")
  private double least = 45;

  @Mixin private ResultsOption results = new ResultsOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  private QualityBenchmark() {}

  /** Compares; exits with 0, or 2 when the arguments are wrong, or 1 when an image is below. */
  public static void main(String[] arguments) {
    System.exit(BenchmarkCommand.of(new QualityBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    double[] ratios;
    int below = 0;
    try (Dataset dataset = Dataset.open(data, 0, 1);
        ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      ratios = new double[dataset.size(Split.TRAIN)];
      for (int i = 0; i < ratios.length; i++) {
        LabeledImage image = dataset.image(Split.TRAIN, i);
        ratios[i] =
            ratio(decoder, ByteBuffer.wrap(image.read((int) ImageLimits.DEFAULT.maxBytes())));
        if (ratios[i] < least) {
          below++;
          out.printf("%s: %.1f dB%n", image.id(), ratios[i]);
        }
      }
    }
    Arrays.sort(ratios);
    out.printf(
        "%,d images: PSNR at least %.1f dB, median %.1f dB; %d below %.0f dB%n",
        ratios.length, ratios[0], ratios[ratios.length / 2], below, least);
    out.flush();
    results.write(
        new ResultFile("quality", data),
        Map.of("psnr.least_db", ratios[0], "psnr.median_db", ratios[ratios.length / 2]));
    return below == 0 ? 0 : 1;
  }

  private static double ratio(ImageDecoder decoder, ByteBuffer encoded)
      throws CorruptImageException {
    int border = (SHORTER_SIDE - SQUARE) / 2;
    Canvas canvas = new Canvas();
    decoder.decode(
        encoded,
        Window.shorterSide(SHORTER_SIDE, SHORTER_SIDE, new Crop(border, border, SQUARE, SQUARE)),
        false,
        canvas);
    byte[] exact = ExactResize.centre(decoder.decode(encoded), SHORTER_SIDE, SQUARE);
    return Psnr.of(canvas.toPixels(), new Pixels(SQUARE, SQUARE, exact));
  }
}
