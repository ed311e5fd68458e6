package dev.millrace.producer.prepare;

import dev.millrace.producer.survey.BrokenImage;
import java.util.List;

/**
 * A shard that is complete.
 *
 * @param name of its file
 * @param length of its file in bytes
 * @param images number of images in it
 * @param sourceBytes of those images before
 * @param imageBytes of those images now
 * @param psnrSum of their peak signal-to-noise ratios against the pixels that were encoded, in dB
 * @param worstPsnr the lowest of these; 0 where there are none
 * @param worstImage where the image with the lowest came from; empty where there is none
 * @param broken images that were left out
 */
record PreparedShard(
    String name,
    long length,
    long images,
    long sourceBytes,
    long imageBytes,
    double psnrSum,
    double worstPsnr,
    String worstImage,
    List<BrokenImage> broken) {
  PreparedShard {
    broken = List.copyOf(broken);
  }
}
