package dev.millrace.dashboard.pictures;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The pictures there are of a run, as its page asks for them; URLs are of this server.
 *
 * @param kernels those of its newest 20 checkpoints that can still be drawn, the newest first
 * @param preview what trainers are being fed
 * @param mistakes what it got most wrong at its newest evaluation; null if there was none
 * @param why why something is missing that might be there, in a sentence; empty if nothing is
 */
public record PicturesView(
    List<KernelsOf> kernels, Preview preview, @Nullable MistakesOf mistakes, String why) {
  /** Copies the list. */
  public PicturesView {
    kernels = List.copyOf(kernels);
  }

  /**
   * The first layer's kernels.
   *
   * @param step the checkpoint's
   * @param at when it was written, milliseconds since 1970
   * @param url their picture
   */
  public record KernelsOf(long step, long at, String url) {}

  /**
   * The newest tensors of the training split.
   *
   * @param at when it was looked, milliseconds since 1970
   * @param images at most 12
   * @param why why there are none, in a sentence; empty where there are some
   */
  public record Preview(long at, List<Fed> images, String why) {
    /** Copies the list. */
    public Preview {
      images = List.copyOf(images);
    }
  }

  /**
   * A tensor.
   *
   * @param url its picture
   * @param id the image's id
   * @param label class index
   * @param className the class's name
   */
  public record Fed(String url, String id, int label, String className) {}

  /**
   * The validation images that a run got most wrong.
   *
   * @param step steps done when it was evaluated
   * @param epoch of that step, from 0
   * @param at when it was evaluated, milliseconds since 1970
   * @param images at most 12, the most wrong first
   */
  public record MistakesOf(long step, int epoch, long at, List<MistakeOf> images) {
    /** Copies the list. */
    public MistakesOf {
      images = List.copyOf(images);
    }
  }

  /**
   * One of them.
   *
   * @param url its picture
   * @param id the image's id
   * @param label its class's index
   * @param className its class's name
   * @param probability what the network gave its class
   * @param predictions the likeliest classes, the likeliest first
   */
  public record MistakeOf(
      String url,
      String id,
      int label,
      String className,
      float probability,
      List<PredictionOf> predictions) {
    /** Copies the list. */
    public MistakeOf {
      predictions = List.copyOf(predictions);
    }
  }

  /**
   * A class that the network takes an image for.
   *
   * @param className its name
   * @param label its index
   * @param probability from 0 to 1
   */
  public record PredictionOf(String className, int label, float probability) {}
}
