package dev.millrace.pipeline.cli;

import dev.millrace.dashboard.tensorboard.EventFiles;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Files for TensorBoard. */
public final class TensorBoardOption {
  @Option(
      names = "--tensorboard",
      paramLabel = "FOLDER",
      description =
          "Write all runs' metrics to event files in this folder, for tensorboard --logdir FOLDER;"
              + " goes on where the folder stopped. It is made, or empty, or written by this.")
  private @Nullable Path folder;

  /** The folder, if one is wanted. */
  public @Nullable Path folder() {
    return folder;
  }

  /**
   * Starts to write them where they are wanted; the caller closes it.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @throws CannotStartException if they cannot be written there
   */
  public @Nullable EventFiles start(Topics topics, Map<String, Object> kafka)
      throws CannotStartException {
    if (folder == null) {
      return null;
    }
    try {
      return EventFiles.start(folder, topics.metrics(), kafka);
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot write files for TensorBoard (--tensorboard): " + e.getMessage(), e);
    }
  }
}
