package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.Recipe;
import dev.millrace.pipeline.cli.AugmentationOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.DataOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.ImageSizeOption;
import dev.millrace.pipeline.cli.ModelOption;
import dev.millrace.pipeline.cli.SeedOption;
import dev.millrace.pipeline.cli.Usage;
import dev.millrace.pipeline.preview.ContactSheet;
import dev.millrace.pipeline.preview.Previewer;
import dev.millrace.pipeline.preview.Row;
import dev.millrace.pipeline.preview.SheetLayout;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.trainer.model.Network;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace preview}. */
@Command(
    name = "preview",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Draws what the augmenter makes of training images, epoch by epoch, on a contact sheet: the"
            + " very pixels that a trainer would get with the same options. Needs no broker.")
final class PreviewCommand implements Callable<Integer> {
  private static final long MOST_PIXELS = 64_000_000;

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "6",
      description = "Images to show, the first ones of the first epoch. Default: ${DEFAULT-VALUE}.")
  private int images = 6;

  @Option(
      names = "--versions",
      paramLabel = "N",
      defaultValue = "6",
      description = "Epochs to show of each image. Default: ${DEFAULT-VALUE}.")
  private int versions = 6;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "preview.png",
      description = "The PNG file to write. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("preview.png");

  @Option(names = "--overwrite", description = "Replace the file where it exists.")
  private boolean overwrite;

  @Mixin private ModelOption model = new ModelOption();
  @Mixin private AugmentationOptions augmentation = new AugmentationOptions();
  @Mixin private ImageSizeOption imageSize = new ImageSizeOption();
  @Mixin private SeedOption seed = new SeedOption();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    AugmenterOptions options = Usage.valid(spec, this::options);
    SheetLayout most = Usage.valid(spec, () -> layout(options, images));
    // No window is opened, whatever display there may be.
    System.setProperty("java.awt.headless", "true");
    Service service = Service.begin(spec, common, AugmentationOptions.resolved(options));
    OutputFile file = new OutputFile(out, overwrite);
    file.check(data.location().path());
    try (Dataset dataset = DatasetListing.open(data, seed.seed(), service.out())) {
      int shown = Math.min(images, dataset.size(Split.TRAIN));
      SheetLayout layout = new SheetLayout(most.crop(), shown, versions);
      file.write(draw(options, layout, dataset, service.out()));
      service
          .out()
          .printf(
              "Wrote %s: %d of %,d training images in epochs 1 to %d, %d x %d pixels%n",
              out, shown, dataset.size(Split.TRAIN), versions, layout.width(), layout.height());
      service.out().flush();
    }
    return ExitCode.OK;
  }

  private byte[] draw(
      AugmenterOptions options, SheetLayout layout, Dataset dataset, PrintWriter print) {
    if (!ContactSheet.hasCaptions()) {
      print.println(
          "This machine has no fonts: no captions (Debian has some in fontconfig and"
              + " fonts-dejavu-core)");
    }
    int[] order = dataset.order(Split.TRAIN, seed.seed(), 0);
    try (ContactSheet sheet = new ContactSheet(layout);
        Previewer previewer =
            new Previewer(
                Recipe.of(options), options.imageLimits(), layout.cell(), layout.versions())) {
      for (int i = 0; i < layout.rows(); i++) {
        LabeledImage image = dataset.image(Split.TRAIN, order[i]);
        Row row = previewer.row(image, dataset.names().get(image.label()));
        sheet.add(row);
        if (row instanceof Row.Failed(var _, var _, String reason)) {
          print.printf("Row %d: %s becomes a dead letter: %s%n", i + 1, image.id(), reason);
        }
      }
      return sheet.png();
    }
  }

  private AugmenterOptions options() {
    Network network = model.network();
    TopicSettings usual = TopicSettings.DEFAULT;
    TopicSettings settings =
        new TopicSettings(usual.partitions(), usual.replication(), imageSize.bytes());
    return augmentation
        .options(network.storedSize(), network.inputSize(), seed.seed(), settings)
        .build();
  }

  private SheetLayout layout(AugmenterOptions options, int rows) {
    if (images < 1 || images > 1000 || versions < 1 || versions > 1000) {
      throw new IllegalArgumentException(
          "--images and --versions must be from 1 to 1000, found %d and %d"
              .formatted(images, versions));
    }
    SheetLayout layout = new SheetLayout(options.crop(), rows, versions);
    if ((long) layout.width() * layout.height() > MOST_PIXELS) {
      throw new IllegalArgumentException(
          "A sheet of %d x %d pixels is too large (at most %,d pixels): lower --images, --versions or --crop"
              .formatted(layout.width(), layout.height(), MOST_PIXELS));
    }
    return layout;
  }
}
