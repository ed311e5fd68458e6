package dev.millrace.augmenter;

import dev.millrace.imaging.ImageLimits;
import dev.millrace.schemas.OptionFaults;
import dev.millrace.schemas.StatisticsSource;
import dev.millrace.schemas.TensorType;
import dev.millrace.schemas.TopicSettings;
import dev.millrace.schemas.Topics;
import java.time.Duration;

/**
 * What a user chooses about augmenting. Made with {@link #builder()}; every setting has a default.
 *
 * @param policy which part of an image becomes a training tensor ({@link CropPolicy#PAPER})
 * @param minArea least share of an image's area that {@link CropPolicy#RANDOM_RESIZED_CROP} takes,
 *     0.01 to 1 (0.08)
 * @param resize length in pixels that an image's shorter side is resized to; the central square of
 *     that size is cropped from; 1 to 4096 (256)
 * @param crop height and width of a training tensor in pixels, at random in the square; 1 to {@code
 *     resize} (224); a validation tensor is the whole square
 * @param flip probability of a horizontal flip, 0 to 1 (0.5)
 * @param lighting standard deviation of PCA lighting, 0 to 1; 0 switches it off (0.1)
 * @param brightness strength of brightness jitter, 0 to 1; 0 switches it off (0)
 * @param contrast strength of contrast jitter, 0 to 1; 0 switches it off (0)
 * @param saturation strength of saturation jitter, 0 to 1; 0 switches it off (0)
 * @param hue strength of hue jitter in turns of the color circle, 0 to 0.5; 0 switches it off (0)
 * @param tensorType type of the tensors' elements: levels from 0 to 255, or floating-point numbers
 *     normalized by the statistics ({@link TensorType#UINT8})
 * @param statistics what lighting and normalization go by ({@link StatisticsSource#PUBLISHED})
 * @param seed the run's only source of randomness (1)
 * @param threads stream threads, 1 to 1024 (one a processor)
 * @param instanceId names this augmenter among those of one prefix, so that one that is restarted
 *     under its name takes its partitions over at once, whatever stopped it; letters, digits, dots,
 *     hyphens and underscores; empty for none, when others wait {@code sessionTimeout} for one that
 *     was killed (empty)
 * @param commitInterval how long a transaction stays open, 10 ms to 30 s; also the least time from
 *     an image to its tensor for readers of committed records (500 ms)
 * @param sessionTimeout after how long without a sign of life the brokers give an augmenter's
 *     partitions to others, 6 s to 30 min (10 s)
 * @param maxAheadBytes bytes of tensors that the slowest trainer may be behind before the augmenter
 *     holds back, over all partitions, at least 1 MiB (1 GiB)
 * @param purgeImages whether images are deleted from their topics once their tensors are committed
 *     (true)
 * @param maxDeadLetterShare share of dead letters among the images above which the augmenter stops,
 *     0 to 1, looked at from 100 images on; 1 never stops (0.5)
 * @param imageLimits largest encoded and decoded image; larger ones become dead letters
 * @param maxRecordBytes largest record that the topics take, 2 MiB to 256 MiB
 */
public record AugmenterOptions(
    CropPolicy policy,
    double minArea,
    int resize,
    int crop,
    double flip,
    double lighting,
    double brightness,
    double contrast,
    double saturation,
    double hue,
    TensorType tensorType,
    StatisticsSource statistics,
    long seed,
    int threads,
    String instanceId,
    Duration commitInterval,
    Duration sessionTimeout,
    long maxAheadBytes,
    boolean purgeImages,
    double maxDeadLetterShare,
    ImageLimits imageLimits,
    int maxRecordBytes) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if any is left, naming every setting that is at fault with its
   *     range and the value found
   */
  public AugmenterOptions {
    OptionFaults faults = new OptionFaults();
    faults.range("min-area", "from 0.01 to 1", minArea, 0.01, 1);
    faults.range("resize", resize, 1, 4096);
    faults.range("crop", crop, 1, 4096);
    if (crop > resize) {
      faults.add("crop must be at most resize, which is %d, found %d".formatted(resize, crop));
    }
    checkShare(faults, "flip", flip);
    checkShare(faults, "lighting", lighting);
    checkShare(faults, "brightness", brightness);
    checkShare(faults, "contrast", contrast);
    checkShare(faults, "saturation", saturation);
    faults.range("hue", "from 0 to 0.5", hue, 0, 0.5);
    faults.range("threads", threads, 1, 1024);
    if (!instanceId.matches("[A-Za-z0-9._-]{0,100}")) {
      faults.add(
          "instance-id must be at most 100 letters, digits, dots, hyphens or underscores, found \"%s\""
              .formatted(instanceId));
    }
    checkMillis(faults, "commit-interval", commitInterval, 10, 30_000);
    checkMillis(faults, "session-timeout", sessionTimeout, 6_000, 1_800_000);
    faults.range("max-ahead-bytes", maxAheadBytes, 1 << 20, Long.MAX_VALUE);
    checkShare(faults, "max-dead-letter-share", maxDeadLetterShare);
    faults.range("max-record-bytes", maxRecordBytes, 2 << 20, 256 << 20);
    long tensorBytes = 3L * resize * resize * Recipe.bytesPerElement(tensorType);
    if (tensorBytes > maxRecordBytes - (64 << 10)) {
      faults.add(
          "max-record-bytes must hold a tensor of resize x resize x 3 elements = %d bytes and 65536 more, found %d"
              .formatted(tensorBytes, maxRecordBytes));
    }
    faults.throwIfAny("Cannot augment with these options");
  }

  private static void checkShare(OptionFaults faults, String name, double value) {
    faults.range(name, "from 0 to 1", value, 0, 1);
  }

  private static void checkMillis(
      OptionFaults faults, String name, Duration value, long least, long most) {
    if (value.compareTo(Duration.ofMillis(least)) < 0
        || value.compareTo(Duration.ofMillis(most)) > 0) {
      faults.add("%s must be from %d to %d ms, found %s".formatted(name, least, most, value));
    }
  }

  /** Every setting at its default. */
  public static Builder builder() {
    return new Builder();
  }

  /** Changes single settings; each method is named as the setting it sets. */
  public static final class Builder {
    private CropPolicy policy = CropPolicy.PAPER;
    private double minArea = 0.08;
    private int resize = 256;
    private int crop = 224;
    private double flip = 0.5;
    private double lighting = 0.1;
    private double brightness;
    private double contrast;
    private double saturation;
    private double hue;
    private TensorType tensorType = TensorType.UINT8;
    private StatisticsSource statistics = StatisticsSource.PUBLISHED;
    private long seed = 1;
    private int threads = Runtime.getRuntime().availableProcessors();
    private String instanceId = "";
    private Duration commitInterval = Duration.ofMillis(500);
    private Duration sessionTimeout = Duration.ofSeconds(10);
    private long maxAheadBytes = 1L << 30;
    private boolean purgeImages = true;
    private double maxDeadLetterShare = 0.5;
    private ImageLimits imageLimits = ImageLimits.DEFAULT;
    private int maxRecordBytes = Topics.maxRecordBytes(TopicSettings.DEFAULT);

    private Builder() {}

    public Builder policy(CropPolicy value) {
      policy = value;
      return this;
    }

    public Builder minArea(double value) {
      minArea = value;
      return this;
    }

    public Builder resize(int value) {
      resize = value;
      return this;
    }

    public Builder crop(int value) {
      crop = value;
      return this;
    }

    public Builder flip(double value) {
      flip = value;
      return this;
    }

    public Builder lighting(double value) {
      lighting = value;
      return this;
    }

    public Builder brightness(double value) {
      brightness = value;
      return this;
    }

    public Builder contrast(double value) {
      contrast = value;
      return this;
    }

    public Builder saturation(double value) {
      saturation = value;
      return this;
    }

    public Builder hue(double value) {
      hue = value;
      return this;
    }

    public Builder tensorType(TensorType value) {
      tensorType = value;
      return this;
    }

    public Builder statistics(StatisticsSource value) {
      statistics = value;
      return this;
    }

    public Builder seed(long value) {
      seed = value;
      return this;
    }

    public Builder threads(int value) {
      threads = value;
      return this;
    }

    public Builder instanceId(String value) {
      instanceId = value;
      return this;
    }

    public Builder commitInterval(Duration value) {
      commitInterval = value;
      return this;
    }

    public Builder sessionTimeout(Duration value) {
      sessionTimeout = value;
      return this;
    }

    public Builder maxAheadBytes(long value) {
      maxAheadBytes = value;
      return this;
    }

    public Builder purgeImages(boolean value) {
      purgeImages = value;
      return this;
    }

    public Builder maxDeadLetterShare(double value) {
      maxDeadLetterShare = value;
      return this;
    }

    public Builder imageLimits(ImageLimits value) {
      imageLimits = value;
      return this;
    }

    public Builder maxRecordBytes(int value) {
      maxRecordBytes = value;
      return this;
    }

    /**
     * The options as set.
     *
     * @throws IllegalArgumentException if any is out of its range, naming all of them
     */
    public AugmenterOptions build() {
      return new AugmenterOptions(
          policy,
          minArea,
          resize,
          crop,
          flip,
          lighting,
          brightness,
          contrast,
          saturation,
          hue,
          tensorType,
          statistics,
          seed,
          threads,
          instanceId,
          commitInterval,
          sessionTimeout,
          maxAheadBytes,
          purgeImages,
          maxDeadLetterShare,
          imageLimits,
          maxRecordBytes);
    }
  }
}
