package dev.millrace.benchmarks;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Some images in the formats that are left to libraries: progressive JPEG, PNG and GIF. */
final class OtherFormats {
  private static final int MOST = 20;
  private static final int LARGEST = 300;

  private OtherFormats() {}

  static List<byte[]> of(List<byte[]> images) throws IOException {
    List<byte[]> others = new ArrayList<>();
    for (byte[] image : images.subList(0, Math.min(MOST, images.size()))) {
      BufferedImage whole = ImageIO.read(new ByteArrayInputStream(image));
      if (whole != null) {
        BufferedImage part =
            whole.getSubimage(
                0, 0, Math.min(LARGEST, whole.getWidth()), Math.min(LARGEST, whole.getHeight()));
        others.add(written(part, "jpeg", true));
        others.add(written(part, "png", false));
        others.add(written(part, "gif", false));
      }
    }
    return others;
  }

  private static byte[] written(BufferedImage image, String format, boolean progressive)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam how = writer.getDefaultWriteParam();
      if (progressive) {
        how.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), how);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
