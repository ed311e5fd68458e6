package dev.millrace.pipeline.cli;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.DatasetException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which images there are. */
public final class DataOptions {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description =
          "A folder with a folder for each class, a folder of files named n01440764_tench.JPEG, a"
              + " .tar of either, WebDataset shards (a .tar, a folder of them, or a pattern such as"
              + " 'a-{000..146}.tar'), or ImageNet's or CIFAR's files as they are distributed."
              + " Folders train and val in it are the splits.")
  private Path data = Path.of(".");

  @Option(
      names = "--validation-fraction",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description =
          "Share of every class that is held out for validation where there are no folders train"
              + " and val, 0 to 0.9. Default: ${DEFAULT-VALUE}.")
  private double validationFraction = 0.1;

  /**
   * Lists the dataset; the caller closes it.
   *
   * @param seed decides which images are held out
   * @throws CannotStartException if there is none, or it cannot be used
   */
  public Dataset open(long seed) throws CannotStartException {
    return open(data, validationFraction, seed);
  }

  /** Where they are: a folder or an archive. */
  public Path path() {
    return data;
  }

  /** Lists a dataset at a given place, as {@link #open(long)} does. */
  public static Dataset open(Path data, double validationFraction, long seed)
      throws CannotStartException {
    try {
      return Dataset.open(data, validationFraction, seed);
    } catch (DatasetException e) {
      throw new CannotStartException(String.valueOf(e.getMessage()), e);
    }
  }
}
