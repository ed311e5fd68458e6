package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.cli.DataOptions;
import dev.millrace.producer.dataset.Dataset;
import java.io.PrintWriter;
import java.util.concurrent.atomic.LongAdder;

/** Lists datasets for commands, and tells how far where that takes long. */
final class DatasetListing {
  private DatasetListing() {}

  /**
   * Lists the dataset that the user has named; the caller closes it.
   *
   * @param seed decides which images are held out
   * @throws CannotStartException if there is none, or it cannot be used
   */
  static Dataset open(DataOptions data, long seed, PrintWriter out) throws CannotStartException {
    LongAdder found = new LongAdder();
    try (ImagesProgress _ = ImagesProgress.lines(out, "Listing", found::sum)) {
      return data.open(seed, found);
    }
  }
}
