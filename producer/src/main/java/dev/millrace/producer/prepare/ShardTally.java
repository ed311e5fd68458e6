package dev.millrace.producer.prepare;

import dev.millrace.imaging.JpegShrinker.Shrunk;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.producer.survey.BrokenImage;
import java.util.ArrayList;
import java.util.List;

/** What goes into a shard while it is written. */
final class ShardTally {
  private long images;
  private long sourceBytes;
  private long imageBytes;
  private double psnrSum;
  private double worstPsnr = Double.POSITIVE_INFINITY;
  private String worstImage = "";
  private final List<BrokenImage> broken = new ArrayList<>();

  void add(LabeledImage image, long size, Shrunk shrunk) {
    images++;
    sourceBytes += size;
    imageBytes += shrunk.jpeg().length;
    psnrSum += shrunk.psnr();
    if (shrunk.psnr() < worstPsnr) {
      worstPsnr = shrunk.psnr();
      worstImage = image.source();
    }
  }

  void leaveOut(LabeledImage image, String reason) {
    broken.add(new BrokenImage(image.source(), reason));
  }

  PreparedShard of(String name, long length) {
    return new PreparedShard(
        name,
        length,
        images,
        sourceBytes,
        imageBytes,
        psnrSum,
        images == 0 ? 0 : worstPsnr,
        worstImage,
        broken);
  }
}
