package dev.millrace.pipeline;

import dev.millrace.imaging.ImageLimits;
import dev.millrace.pipeline.cli.CheckpointOptions;
import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DeviceOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.ImageSizeOption;
import dev.millrace.pipeline.cli.PrefixOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.predict.Predictor;
import dev.millrace.producer.dataset.DatasetException;
import dev.millrace.producer.dataset.ImagePaths;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.CheckpointArchive;
import dev.millrace.trainer.CheckpointChoice;
import dev.millrace.trainer.CheckpointClassifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace predict}. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description =
        "Tells the five likeliest classes of images by a checkpoint: of their centre, cut as the"
            + " validation images are. Model and class names come from the topics. Ends with exit"
            + " code 1 where a file could not be decoded; the others are predicted all the same.")
final class PredictCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "Files, and folders, of which all images are taken.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--ten-crop",
      description =
          "Average the corners, the centre and their mirror images instead of looking at the centre;"
              + " takes ten times as long.")
  private boolean tenCrop;

  @Option(names = "--json", description = "Print one JSON object a line for each image.")
  private boolean json;

  @Mixin private CheckpointOptions checkpoint = new CheckpointOptions();
  @Mixin private ImageSizeOption imageSize = new ImageSizeOption();
  @Mixin private DeviceOptions device = new DeviceOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private PrefixOption prefix = new PrefixOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    CheckpointChoice choice = Usage.valid(spec, checkpoint::choice);
    ImageLimits limits =
        Usage.valid(
            spec, () -> new ImageLimits(imageSize.bytes(), ImageLimits.DEFAULT.maxPixels()));
    Topics topics = Usage.valid(spec, prefix::topics);
    Service service = Service.quiet(spec, common);
    PredictionPrinter printer =
        new PredictionPrinter(service.out(), spec.commandLine().getErr(), json);
    try (CheckpointArchive archive = Archives.open(service, cluster.properties(), topics)) {
      CheckpointManifest manifest = archive.find(checkpoint.run(), choice);
      Integer threads = device.threads();
      try (CheckpointClassifier classifier =
              archive.classifier(
                  manifest, device.device(), threads == null ? 0 : threads, tenCrop);
          Predictor predictor = new Predictor(classifier, limits, printer)) {
        printer.begin(classifier);
        predict(predictor, printer);
      }
    }
    printer.end();
    return printer.failures() == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private void predict(Predictor predictor, PredictionPrinter printer) {
    for (Path path : paths) {
      if (!Files.isDirectory(path)) {
        predictor.add(path);
        continue;
      }
      try {
        List<Path> images = ImagePaths.below(path);
        if (images.isEmpty()) {
          printer.failed(path, "the folder holds no images");
        }
        images.forEach(predictor::add);
      } catch (DatasetException e) {
        printer.failed(path, String.valueOf(e.getMessage()));
      }
    }
    predictor.finish();
  }
}
