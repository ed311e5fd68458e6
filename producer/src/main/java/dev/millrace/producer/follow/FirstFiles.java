package dev.millrace.producer.follow;

import dev.millrace.imaging.KeyedRandom;
import dev.millrace.producer.arrivals.FirstImages;
import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.dataset.DatasetException;
import dev.millrace.producer.dataset.ImagePaths;
import dev.millrace.producer.dataset.PathLabel;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images in a folder when it is followed first. Those below a folder {@code val} are the
 * validation split; where there are none, a share of all, by a hash of seed and path. What is not
 * settled or not whole then is left to be trained on when it is. The paths of the validation images
 * are in memory until they are published.
 */
final class FirstFiles implements FirstImages {
  private static final Logger LOG = LoggerFactory.getLogger(FirstFiles.class);

  private final FolderImages images;
  private final FollowOptions options;
  private final InstantSource clock;
  private @Nullable Listed listed;

  /** What was found: the names of classes by synset, and the validation images' ids. */
  private record Listed(SortedMap<String, String> classes, List<String> validation) {}

  FirstFiles(FolderImages images, FollowOptions options, InstantSource clock) {
    this.images = images;
    this.options = options;
    this.clock = clock;
  }

  @Override
  public Map<String, String> classes() {
    return list().classes;
  }

  @Override
  public Iterable<IncomingImage> validation() {
    return () ->
        list().validation.stream()
            .map(this::read)
            .filter(Objects::nonNull)
            .<IncomingImage>map(image -> image)
            .iterator();
  }

  private Listed list() {
    Listed found = listed;
    if (found == null) {
      try {
        found = listNow();
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot look through %s (--follow): %s".formatted(images.root(), e.getMessage()), e);
      }
      listed = found;
    }
    return found;
  }

  private Listed listNow() throws IOException {
    Instant settled = clock.instant().minus(options.settle());
    SortedMap<String, String> classes = new TreeMap<>();
    List<String> inFolder = new ArrayList<>();
    List<String> heldOut = new ArrayList<>();
    new FolderWalk(images.root(), () -> false) {
      @Override
      void folder(Path folder) {}

      @Override
      void file(Path file, BasicFileAttributes attributes) {
        String id = images.id(file);
        if (!attributes.isRegularFile() || !ImagePaths.isImage(id)) {
          return;
        }
        try {
          PathLabel label = PathLabel.of(id);
          classes.putIfAbsent(label.synset(), label.name());
          boolean still = attributes.lastModifiedTime().toInstant().isBefore(settled);
          if (still && label.split() == Split.VALIDATION) {
            inFolder.add(id);
          } else if (still && isHeldOut(id)) {
            heldOut.add(id);
          }
        } catch (DatasetException e) {
          LOG.debug("No class: {}", id, e); // becomes a dead letter when it is found again
        }
      }
    }.run();
    List<String> validation = inFolder.isEmpty() ? heldOut : inFolder;
    validation.sort(Comparator.comparingLong(images::order));
    return new Listed(classes, validation);
  }

  private boolean isHeldOut(String id) {
    return new KeyedRandom(options.seed(), 1, id).nextDouble() < options.validationFraction();
  }

  private @Nullable IncomingImage read(String id) {
    try {
      FileState state = images.state(id);
      FolderImages.Content content = images.read(id, state);
      return content.fault() == null ? images.image(id, Split.VALIDATION, state, content) : null;
    } catch (IOException e) {
      LOG.debug("Left out of the validation split: {}", id, e);
      return null;
    }
  }
}
