package dev.millrace.dashboard.pictures;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.LabeledClass;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where pictures are to be found: the newest 20 checkpoints and the newest mistakes of 100 runs, of
 * which the one heard of the longest ago goes; and the classes' names. Safe for use by several
 * threads.
 */
final class PictureIndex {
  private static final int MOST_RUNS = 100;
  private static final int MOST_CHECKPOINTS = 20;
  private static final int LONGEST_NAME = 200;

  private final Map<String, RunPictures> runs = new LinkedHashMap<>();
  private List<String> classNames = List.of();
  private long chunksBegin = Long.MAX_VALUE;

  synchronized void checkpoint(CheckpointManifest manifest) {
    put(manifest.getRun(), run(manifest.getRun()).with(manifest, MOST_CHECKPOINTS));
  }

  synchronized void mistakes(String run, long offset) {
    put(run, run(run).withMistakes(offset));
  }

  synchronized void classes(ClassList list) {
    classNames =
        list.getClasses().stream()
            .map(LabeledClass::getName)
            .map(name -> name.substring(0, Math.min(name.length(), LONGEST_NAME)))
            .toList();
  }

  synchronized void chunksBegin(long offset) {
    chunksBegin = offset;
  }

  /** First offset of the checkpoints' bytes that is still there, as of two seconds ago. */
  synchronized long chunksBegin() {
    return chunksBegin;
  }

  /** A run's; without any pictures if it is not known. */
  synchronized RunPictures run(String run) {
    return runs.getOrDefault(run, RunPictures.NONE);
  }

  /** A class's name for people. */
  synchronized String className(int label) {
    return label >= 0 && label < classNames.size() ? classNames.get(label) : "class " + label;
  }

  private void put(String run, RunPictures pictures) {
    runs.remove(run); // to the end of the order
    runs.put(run, pictures);
    if (runs.size() > MOST_RUNS) {
      runs.remove(runs.keySet().iterator().next());
    }
  }
}
