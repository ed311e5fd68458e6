package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.ArchiveFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder with the archives of ILSVRC 2012 as they are distributed: a tar of a tar a class for
 * training; a tar of the validation images, and a development kit that tells their classes.
 */
final class ImagenetArchives {
  private static final String TRAIN = "ILSVRC2012_img_train.tar";
  private static final String VALIDATION = "ILSVRC2012_img_val.tar";
  private static final String DEVELOPMENT_KIT = "ILSVRC2012_devkit_t12.tar.gz";
  private static final Pattern NUMBER = Pattern.compile("(?:.*/)?ILSVRC2012_val_(\\d{8})\\.JPEG");

  private ImagenetArchives() {}

  static boolean areIn(Path folder) {
    return Files.isRegularFile(folder.resolve(TRAIN));
  }

  /**
   * Lists the training archive and, if it is there, that of the validation images: paths below
   * {@code train} and {@code val} with a folder a class.
   *
   * @throws DatasetException if an archive is damaged, or the development kit is missing
   */
  static Listing list(Path folder, LongAdder found) throws DatasetException {
    Path validation = folder.resolve(VALIDATION);
    Path kit = folder.resolve(DEVELOPMENT_KIT);
    boolean validates = Files.isRegularFile(validation);
    if (validates && !Files.isRegularFile(kit)) {
      throw new DatasetException(
          ("Cannot tell the classes of the images in %s: put %s beside it, the development kit of"
                  + " the same place; or move %s away to train without validation images")
              .formatted(validation, DEVELOPMENT_KIT, VALIDATION));
    }
    Map<String, String> names = Map.of();
    StoredFiles.Builder files;
    if (validates) {
      DevelopmentKit truth = DevelopmentKit.read(kit);
      names = truth.names();
      files = list(folder.resolve(TRAIN), path -> "train/" + path, found);
      files.addAll(list(validation, path -> validationPath(path, truth), found));
    } else {
      if (Files.isRegularFile(kit)) {
        names = DevelopmentKit.read(kit).names();
      }
      files = list(folder.resolve(TRAIN), path -> path, found);
    }
    return Listing.byPath(files.build(), names, folder);
  }

  private static StoredFiles.Builder list(
      Path archive, UnaryOperator<String> naming, LongAdder found) throws DatasetException {
    return new TarListing(new ArchiveFile(archive), null, naming, new Samples(), found).list();
  }

  // TarListing tells of it as of a damaged archive, which it is.
  private static String validationPath(String path, DevelopmentKit truth) {
    Matcher number = NUMBER.matcher(path);
    if (!number.matches()) {
      throw new IllegalArgumentException(
          "its image %s is not named ILSVRC2012_val_00000001.JPEG or the like".formatted(path));
    }
    return "val/%s/%s".formatted(truth.synset(Integer.parseInt(number.group(1))), path);
  }
}
