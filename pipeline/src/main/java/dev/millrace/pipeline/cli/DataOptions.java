package dev.millrace.pipeline.cli;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.DatasetException;
import dev.millrace.producer.dataset.DatasetOptions;
import dev.millrace.producer.dataset.Location;
import java.nio.file.Path;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Which images there are. */
public final class DataOptions {
  /** The environment variable whose value web servers get as the header Authorization. */
  static final String AUTHORIZATION = "MILLRACE_HTTP_AUTHORIZATION";

  @Option(
      names = "--data",
      paramLabel = "PATH",
      converter = LocationConverter.class,
      description =
          "A folder with a folder for each class, a folder of files named n01440764_tench.JPEG, a"
              + " .tar of either, WebDataset shards (a .tar, a folder of them, or a pattern such as"
              + " 'a-{000..146}.tar'), or ImageNet's or CIFAR's files as they are distributed."
              + " Folders train and val in it are the splits. Archives may be compressed by gzip or"
              + " zstd, and lie elsewhere: https://host/a-{000..146}.tar, s3://bucket/prefix/.")
  private @Nullable Location data;

  @Option(
      names = "--validation-fraction",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description =
          "Share of every class that is held out for validation where there are no folders train"
              + " and val, 0 to 0.9. Default: ${DEFAULT-VALUE}.")
  private double validationFraction = 0.1;

  @Option(
      names = "--shuffle-buffer",
      paramLabel = "SIZE",
      defaultValue = "256MiB",
      converter = ByteSize.Converter.class,
      description =
          "Memory in which images are mixed that can only be read in their archives' order: those of"
              + " compressed archives and of archives elsewhere. Their order depends on it. Default:"
              + " ${DEFAULT-VALUE}.")
  private ByteSize shuffleBuffer = new ByteSize(DatasetOptions.USUAL_SHUFFLE_BYTES);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  /**
   * Lists the dataset; the caller closes it.
   *
   * @param seed decides which images are held out
   * @param found counts the images as they are found
   * @throws ParameterException if an option is out of its range
   * @throws CannotStartException if there is none, or it cannot be used
   */
  public Dataset open(long seed, LongAdder found) throws CannotStartException {
    return open(location(), options(seed), found);
  }

  private DatasetOptions options(long seed) {
    try {
      return new DatasetOptions(
          validationFraction, seed, shuffleBuffer.bytes(), System.getenv(AUTHORIZATION));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Where they are.
   *
   * @throws MissingParameterException if the user has not said
   */
  public Location location() {
    if (data == null) {
      OptionSpec option = spec.findOption("--data");
      throw new MissingParameterException(
          spec.commandLine(), option, "Missing required option: '--data=PATH'");
    }
    return data;
  }

  /** Whether the user has named a dataset. */
  public boolean given() {
    return data != null;
  }

  /** Share of every class that is held out for validation. */
  public double validationFraction() {
    return validationFraction;
  }

  /** Lists a dataset on a disk, as {@link #open(long, LongAdder)} does. */
  public static Dataset open(Path data, double validationFraction, long seed)
      throws CannotStartException {
    return open(
        new Location.Local(data), new DatasetOptions(validationFraction, seed), new LongAdder());
  }

  private static Dataset open(Location data, DatasetOptions options, LongAdder found)
      throws CannotStartException {
    try {
      return Dataset.open(data, options, found);
    } catch (DatasetException e) {
      throw new CannotStartException(String.valueOf(e.getMessage()), e);
    }
  }

  private static final class LocationConverter implements ITypeConverter<Location> {
    @Override
    public Location convert(String text) {
      try {
        return Location.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
