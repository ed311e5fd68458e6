package dev.millrace.producer.prepare;

import dev.millrace.producer.survey.BrokenImage;
import java.util.ArrayList;
import java.util.List;

/**
 * What the shards of a folder hold, those of earlier runs among them.
 *
 * @param complete whether all shards are there
 * @param shards number of them
 * @param images in them
 * @param sourceBytes of those images before
 * @param imageBytes of those images now
 * @param meanPsnr mean of their peak signal-to-noise ratios against the pixels that were encoded,
 *     in dB; 0 where there are no images
 * @param worstPsnr the lowest of these
 * @param worstImage where the image with the lowest came from
 * @param broken images that were left out
 */
public record PrepareSummary(
    boolean complete,
    int shards,
    long images,
    long sourceBytes,
    long imageBytes,
    double meanPsnr,
    double worstPsnr,
    String worstImage,
    List<BrokenImage> broken) {
  /** Copies the list. */
  public PrepareSummary {
    broken = List.copyOf(broken);
  }

  static PrepareSummary of(List<PreparedShard> shards, boolean complete) {
    long images = 0;
    long sourceBytes = 0;
    long imageBytes = 0;
    double psnrSum = 0;
    PreparedShard worst = null;
    List<BrokenImage> broken = new ArrayList<>();
    for (PreparedShard shard : shards) {
      images += shard.images();
      sourceBytes += shard.sourceBytes();
      imageBytes += shard.imageBytes();
      psnrSum += shard.psnrSum();
      broken.addAll(shard.broken());
      if (shard.images() > 0 && (worst == null || shard.worstPsnr() < worst.worstPsnr())) {
        worst = shard;
      }
    }
    return new PrepareSummary(
        complete,
        shards.size(),
        images,
        sourceBytes,
        imageBytes,
        images == 0 ? 0 : psnrSum / images,
        worst == null ? 0 : worst.worstPsnr(),
        worst == null ? "" : worst.worstImage(),
        broken);
  }
}
