package dev.millrace.producer;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of images that were to be saved.
 *
 * @param saved written to files
 * @param present not written: their files are there, and may be mended already
 * @param without not written: their letters hold no bytes
 */
public record SavedImages(int saved, int present, List<RejectedImage> without) {
  /** Copies the lists. */
  public SavedImages {
    without = List.copyOf(without);
  }

  /**
   * Saves the bytes of rejected images as they came, each under its id in a folder.
   *
   * @throws IOException if a file cannot be written
   */
  public static SavedImages save(
      Map<String, Object> kafka, Topics topics, List<RejectedImage> images, Path folder)
      throws IOException {
    MendFolder files = new MendFolder(folder);
    Map<Long, RejectedImage> wanted =
        images.stream()
            .filter(RejectedImage::kept)
            .collect(Collectors.toMap(RejectedImage::offset, image -> image));
    int[] written = {0};
    try {
      DeadLetterLog.read(
          kafka,
          topics.deadLetters(),
          stored -> {
            if (wanted.containsKey(stored.offset())) {
              written[0] += write(files, stored.letter());
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return new SavedImages(
        written[0],
        wanted.size() - written[0],
        images.stream().filter(image -> !image.kept()).toList());
  }

  private static int write(MendFolder files, DeadLetter letter) {
    try {
      return files.write(RejectedImages.name(letter), letter.getBytes()) ? 1 : 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
