package dev.millrace.dashboard.pictures;

import dev.millrace.dashboard.web.Picture;
import dev.millrace.dashboard.web.PictureSource;
import dev.millrace.dashboard.web.Query;
import dev.millrace.dashboard.web.UnavailableException;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.PngEncoder;
import dev.millrace.schemas.Topics;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Serves {@link Pictures} by their addresses. Safe for use by several threads. */
public final class ServedPictures implements PictureSource, AutoCloseable {
  private static final String SUFFIX = ".png";
  private static final Picture NO_PICTURE = new Picture(PngEncoder.encode(crossedOut()), false);

  private final Pictures pictures;
  private volatile Consumer<String> hears = _ -> {};

  /**
   * Prepares; nothing is opened yet.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   */
  public ServedPictures(Topics topics, Map<String, Object> kafka, InstantSource clock) {
    this.pictures = new Pictures(topics, kafka, clock, run -> hears.accept(run));
  }

  /** Starts to read the topics that tell where pictures are. */
  public ServedPictures start() {
    pictures.start();
    return this;
  }

  @Override
  public Object pictures(String run) {
    return pictures.view(run);
  }

  @Override
  public @Nullable Picture picture(Query query) {
    try {
      return find(query);
    } catch (NumberFormatException e) {
      return null; // no address of ours
    } catch (KafkaException e) {
      throw new UnavailableException("the brokers do not give the picture now: " + e.getMessage());
    }
  }

  private @Nullable Picture find(Query query) {
    List<String> path = query.path();
    String at = query.text("at");
    boolean immutable = at != null;
    long file = file(path.getLast());
    return switch (path.get(1) + " " + path.size()) {
      case "kernels 4" -> picture(pictures.kernels(path.get(2), file), immutable);
      case "mistakes 5" ->
          picture(
              pictures.mistake(path.get(2), Long.parseLong(path.get(3)), index(file)), immutable);
      case "preview 3" ->
          at == null ? null : picture(pictures.preview(index(file), Long.parseLong(at)), true);
      case "dead-letters 3" -> deadLetter(file);
      default -> null;
    };
  }

  private @Nullable Picture deadLetter(long offset) {
    Picture found = picture(pictures.deadLetter(offset), false);
    return found == null && pictures.cannotShow(offset) ? NO_PICTURE : found;
  }

  private static @Nullable Picture picture(Optional<byte[]> png, boolean immutable) {
    return png.map(bytes -> new Picture(bytes, immutable)).orElse(null);
  }

  private static int index(long file) {
    return Math.clamp(file, -1, Integer.MAX_VALUE);
  }

  // The number that a file's name is.
  private static long file(String name) {
    if (!name.endsWith(SUFFIX)) {
      throw new NumberFormatException(name);
    }
    return Long.parseLong(name.substring(0, name.length() - SUFFIX.length()));
  }

  @Override
  public @Nullable String kernels(String run, long step) {
    return pictures.kernelsUrl(run, step);
  }

  @Override
  public @Nullable String thumbnail(long offset) {
    return pictures.cannotShow(offset) ? null : PictureUrls.deadLetter(offset);
  }

  @Override
  public void onNew(Consumer<String> listener) {
    hears = listener;
  }

  // In the place of an image that cannot be shown.
  private static Pixels crossedOut() {
    int side = 64;
    byte[] rgb = new byte[side * side * Pixels.CHANNELS];
    Arrays.fill(rgb, (byte) 0xC8);
    for (int i = 0; i < side; i++) {
      for (int x : new int[] {i, side - 1 - i}) {
        Arrays.fill(rgb, (i * side + x) * Pixels.CHANNELS, (i * side + x + 1) * 3, (byte) 0x60);
      }
    }
    return new Pixels(side, side, rgb);
  }

  @Override
  public void close() {
    pictures.close();
  }
}
