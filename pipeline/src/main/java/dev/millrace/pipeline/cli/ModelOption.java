package dev.millrace.pipeline.cli;

import dev.millrace.trainer.model.Network;
import java.util.Iterator;
import picocli.CommandLine.Option;

/** Which network the images are for. */
public final class ModelOption {
  /** The names that the option takes. */
  static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Network.names().iterator();
    }
  }

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "alexnet",
      completionCandidates = Names.class,
      description =
          "The network: ${COMPLETION-CANDIDATES}. Its images' sizes are the augmenter's defaults."
              + " Default: ${DEFAULT-VALUE}.")
  private String model = "alexnet";

  /**
   * The network.
   *
   * @throws IllegalArgumentException if there is none of that name, naming those there are
   */
  public Network network() {
    return Network.of(model);
  }
}
