package dev.millrace.dashboard.web;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Has the pictures. Safe for use by several threads. */
public interface PictureSource {
  /** There are none. */
  PictureSource NONE =
      new PictureSource() {
        @Override
        public Object pictures(String run) {
          return Map.of("kernels", List.of(), "preview", Map.of("images", List.of()));
        }

        @Override
        public @Nullable Picture picture(Query query) {
          return null;
        }
      };

  /** What pictures of a run there are: Jackson makes it the answer to {@code /api/pictures}. */
  Object pictures(String run);

  /**
   * The picture at a path below {@code /pictures}, or null where there is none.
   *
   * @param query its path's first part is {@code pictures}
   * @throws UnavailableException if it cannot be made now
   */
  @Nullable Picture picture(Query query);

  /** The address of a checkpoint's kernels, or null where there are none. */
  default @Nullable String kernels(String run, long step) {
    return null;
  }

  /** The address of a dead letter's image, or null where there is none. */
  default @Nullable String thumbnail(long offset) {
    return null;
  }

  /** Who hears, by the run's name, when there are new ones; one at a time. */
  default void onNew(Consumer<String> hears) {}
}
