package dev.millrace.pipeline.cli;

import dev.millrace.producer.ContinuousOptions;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.follow.FollowOptions;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How images are published that arrive in a folder, or otherwise while the producer runs. */
public final class ArrivalOptions {
  @Option(
      names = "--follow",
      paramLabel = "DIR",
      description =
          "Instead of --data: publish every image file that is put below a folder, now and later,"
              + " once, in one epoch without end. Its class is the folder that it lies in.")
  private @Nullable Path follow;

  @Option(
      names = "--settle",
      paramLabel = "TIME",
      defaultValue = "2s",
      converter = TimeSpan.class,
      description =
          "With --follow: how long a file's size and time must stay the same before it is"
              + " published. Default: ${DEFAULT-VALUE}.")
  private Duration settle = Duration.ofSeconds(2);

  @Option(
      names = "--rescan",
      paramLabel = "TIME",
      defaultValue = "60s",
      converter = TimeSpan.class,
      description =
          "With --follow: how often the whole folder is looked through for what the system did not"
              + " tell of, as on network file systems. Default: ${DEFAULT-VALUE}.")
  private Duration rescan = Duration.ofSeconds(60);

  @Option(
      names = "--epoch-images",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "End an epoch after every N images that arrived, so that evaluations and learning rates"
              + " that go by epochs go by these; 0 ends none. Default: ${DEFAULT-VALUE}.")
  private long epochImages;

  @Option(
      names = "--max-classes",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Classes that arriving images may bring the number of classes to; images of others become"
              + " dead letters. Train with as many --classes. Default: ${DEFAULT-VALUE}.")
  private int maxClasses = 1000;

  /** How many classes there may come to be. */
  public int maxClasses() {
    return maxClasses;
  }

  /** The folder to follow, if any. */
  public @Nullable Path follow() {
    return follow;
  }

  /**
   * How the folder is followed.
   *
   * @throws IllegalArgumentException if any is out of range
   */
  public FollowOptions following(double validationFraction, long seed, int maxImageBytes) {
    return new FollowOptions(
        settle, FollowOptions.USUAL_PATIENCE, rescan, validationFraction, seed, maxImageBytes);
  }

  /**
   * How what arrives is published.
   *
   * @param options what a dataset would be published with
   * @param classes how many there may come to be
   * @throws IllegalArgumentException if any is out of range
   */
  public ContinuousOptions publishing(ProducerOptions options, int classes) {
    return new ContinuousOptions(
        options.maxImageBytes(),
        options.maxAheadBytes(),
        epochImages,
        classes,
        options.shrinking());
  }
}
