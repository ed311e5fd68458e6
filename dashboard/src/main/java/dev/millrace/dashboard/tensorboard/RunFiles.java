package dev.millrace.dashboard.tensorboard;

import dev.millrace.schemas.Split;
import dev.millrace.schemas.TrainingMetric;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One run's folder. TensorBoard takes each of the folders in it for a run and draws them in one
 * chart. Of the steps up to 20,000 all are written, up to 40,000 every second one, up to 80,000
 * every fourth, and so on: of a million, 75,625. For one thread.
 */
final class RunFiles implements AutoCloseable {
  /** TensorBoard looks for a part of it. */
  private static final String FILE = "events.out.tfevents.millrace";

  private static final String TRAIN = "train";
  private static final String VALIDATION = "validation";
  private static final String PICTURES = "pictures";

  /** Every run has one in the bookmark, behind its folder's name. */
  static final String LOSS = ".loss";

  private static final String TIME_OF = ".time.";
  private static final long ALL_STEPS = 20_000;
  private static final int MOST_TAGS = 100;

  private final Path root;
  private final String name;
  private final Bookmark opened;
  private final Map<String, EventLog> logs = new TreeMap<>();

  /** When the newest picture of each tag was made, in milliseconds since 1970. */
  private final Map<String, Long> pictureTimes = new TreeMap<>();

  private long lossBits;

  /**
   * Goes on with a run's files, or makes them when there is something to write.
   *
   * @param root the folder of all runs
   * @param opened how far the files are right
   */
  RunFiles(Path root, String run, Bookmark opened) {
    this.root = root;
    this.name = FolderName.of(run);
    this.opened = opened;
    this.lossBits = opened.number(name + LOSS, 0);
    pictureTimes.putAll(opened.numbers(name + TIME_OF));
  }

  /**
   * Writes what was measured.
   *
   * @throws IOException if it cannot be written
   */
  void add(TrainingMetric metric) throws IOException {
    if (metric.getSplit() == Split.TRAIN) {
      addStep(metric);
    } else {
      write(log(VALIDATION), metric);
    }
  }

  private void addStep(TrainingMetric metric) throws IOException {
    EventLog train = log(TRAIN);
    long step = metric.getStep();
    long loss = Double.doubleToLongBits(metric.getValues().getOrDefault("loss", 0.0));
    if (step == train.lastStep() && loss == lossBits) {
      return; // training waits, and its last step's record has come again
    }
    lossBits = loss;
    train.goBackTo(metric.getTime(), step);
    // A step's evaluation comes behind it, and is not repeated where training went on behind both.
    log(VALIDATION).goBackTo(metric.getTime(), step);
    if (step % stride(step) == 0) {
      write(train, metric);
    }
  }

  private static void write(EventLog log, TrainingMetric metric) throws IOException {
    SortedMap<String, Double> values = Tags.of(metric.getValues());
    if (!values.isEmpty()) {
      log.append(
          metric.getTime(),
          metric.getStep(),
          Events.scalars(metric.getTime(), metric.getStep(), values));
    }
  }

  /** Of how many steps one is written. */
  static long stride(long step) {
    long stride = 1;
    while (step > ALL_STEPS * stride) {
      stride *= 2;
    }
    return stride;
  }

  /**
   * Writes a picture, unless one of the same time or later is there by that tag, or there are a
   * hundred tags.
   *
   * @throws IOException if it cannot be written
   */
  void add(Picture picture) throws IOException {
    long time = picture.time().toEpochMilli();
    Long newest = pictureTimes.get(picture.tag());
    if (newest == null ? pictureTimes.size() < MOST_TAGS : time > newest) {
      pictureTimes.put(picture.tag(), time);
      log(PICTURES).append(picture.time(), picture.step(), Events.picture(picture));
    }
  }

  private EventLog log(String part) throws IOException {
    EventLog log = logs.get(part);
    if (log == null) {
      String path = name + "/" + part;
      log = EventLog.open(root.resolve(path).resolve(FILE), opened.mark(path));
      logs.put(part, log);
    }
    return log;
  }

  void flush() throws IOException {
    for (EventLog log : logs.values()) {
      log.flush();
    }
  }

  /** Waits until the disk has all of it, and notes how far it goes. */
  void force(Bookmark bookmark) throws IOException {
    for (Map.Entry<String, EventLog> log : logs.entrySet()) {
      log.getValue().force();
      bookmark.mark(name + "/" + log.getKey(), log.getValue().mark());
    }
    bookmark.put(name + LOSS, lossBits);
    pictureTimes.forEach((tag, time) -> bookmark.put(name + TIME_OF + tag, time));
  }

  @Override
  public void close() throws IOException {
    for (EventLog log : logs.values()) {
      log.close();
    }
  }
}
