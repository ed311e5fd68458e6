package dev.millrace.dashboard.flow;

import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.stream.EpochSizes;
import dev.millrace.schemas.stream.Place;
import dev.millrace.schemas.stream.PlacedRecord;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One split's images and tensors, and who is how far behind in them. A look costs a batch of each
 * partition of both topics where something is new, and one of the images at the augmenters' place
 * where that has moved. For one thread.
 */
final class SplitStream {
  /** Epochs whose ends are searched for at one look, at most. */
  private static final int MOST_SEARCHES = 4;

  private static final Logger LOG = LoggerFactory.getLogger(SplitStream.class);
  private static final long KEPT_FOR_THE_REST_NANOS = Duration.ofSeconds(3).toNanos();
  private static final long SEARCH_AGAIN_NANOS = Duration.ofSeconds(60).toNanos();

  private final Split split;
  private final String imagesName;
  private final String tensorsName;
  private final LetterPlaces letters;
  private final EpochSizes sizes = new EpochSizes();
  private final StreamTopic images;
  private final StreamTopic tensors;
  private final Map<Integer, Long> searched = new HashMap<>();
  private final Map<String, Window> topicWindows = new HashMap<>();
  private final Map<String, Window> runWindows = new HashMap<>();
  private final Window augmenterWindow = new Window();

  /**
   * Looks at nothing yet.
   *
   * @param consumer reads committed records and is of no group; stays the caller's to close
   * @param imagePartitions partitions of the topic of images
   * @param tensorPartitions partitions of the topic of tensors
   */
  SplitStream(
      Split split,
      Topics topics,
      LetterPlaces letters,
      Consumer<?, ByteBuffer> consumer,
      int imagePartitions,
      int tensorPartitions) {
    this.split = split;
    this.imagesName = topics.images(split).name();
    this.tensorsName = topics.tensors(split).name();
    this.letters = letters;
    this.images = new StreamTopic(consumer, topics.images(split), imagePartitions, sizes);
    this.tensors = new StreamTopic(consumer, topics.tensors(split), tensorPartitions, sizes);
  }

  /**
   * Looks once.
   *
   * @param begins first offsets that are kept
   * @param committed where the augmenters go on; null where there need not be any
   * @param trainers how far runs have come that have not finished
   * @throws org.apache.kafka.common.KafkaException if the brokers do not answer by the deadline
   */
  SplitView look(
      Map<TopicPartition, Long> begins,
      @Nullable Map<TopicPartition, Long> committed,
      List<Progress> trainers,
      long deadline) {
    // Tensors before images: what is augmented meanwhile is not counted as neither.
    tensors.look(deadline);
    images.look(deadline);
    Map<Integer, PlacedRecord> firstTensors =
        tensors.firstFrom(offsets(tensorsName, tensors, begins), deadline);
    Map<Integer, PlacedRecord> firstImages =
        images.firstFrom(offsets(imagesName, images, begins), deadline);
    findSizes(firstTensors, firstImages, deadline);
    long nanos = System.nanoTime();
    Map<String, SplitView.Seen> seen =
        Map.of(
            imagesName, seen(imagesName, images, firstImages, nanos),
            tensorsName, seen(tensorsName, tensors, firstTensors, nanos));
    Behind augmenters = committed == null ? null : augmenters(begins, committed, nanos, deadline);
    Map<String, Behind> runs = new HashMap<>();
    for (Progress trainer : trainers) {
      if (trainer.getTopic().equals(tensorsName)) {
        runs.put(
            trainer.getRun(), trainer(trainer, tensors, begins, firstTensors, nanos, deadline));
      } else if (trainer.getTopic().equals(imagesName)) {
        runs.put(trainer.getRun(), trainer(trainer, images, begins, firstImages, nanos, deadline));
      }
    }
    runWindows.keySet().retainAll(runs.keySet());
    return new SplitView(seen, augmenters, runs);
  }

  private Behind augmenters(
      Map<TopicPartition, Long> begins,
      Map<TopicPartition, Long> committed,
      long nanos,
      long deadline) {
    Map<Integer, Long> positions = new HashMap<>();
    for (int p = 0; p < images.partitions(); p++) {
      TopicPartition partition = new TopicPartition(imagesName, p);
      long begin = begins.getOrDefault(partition, 0L);
      positions.put(p, Math.max(begin, committed.getOrDefault(partition, begin)));
    }
    Map<Integer, PlacedRecord> next = images.firstFrom(positions, deadline);
    List<Long> left = new ArrayList<>();
    List<Long> done = new ArrayList<>();
    for (int p = 0; p < images.partitions(); p++) {
      PlacedRecord first = next.get(p);
      Place end = images.end(p);
      long behind =
          first == null || end == null
              ? 0
              : images.places(p, first.place(), end)
                  - letters.withoutImage(split, p, images.partitions(), first.place(), end);
      left.add(Math.max(0, behind));
      done.add(images.come(p) - left.get(p));
    }
    return new Behind(left, done, speed(augmenterWindow, done, nanos), oldest(next, left));
  }

  private Behind trainer(
      Progress trainer,
      StreamTopic topic,
      Map<TopicPartition, Long> begins,
      Map<Integer, PlacedRecord> firsts,
      long nanos,
      long deadline) {
    Place next = new Place(trainer.getEpoch(), trainer.getNextSequence());
    List<Long> left = new ArrayList<>();
    List<Long> done = new ArrayList<>();
    Map<Integer, Long> positions = new HashMap<>();
    for (int p = 0; p < topic.partitions(); p++) {
      long begin = begins.getOrDefault(new TopicPartition(trainer.getTopic(), p), 0L);
      long position = trainer.getPositions().getOrDefault(Integer.toString(p), begin);
      PlacedRecord first = firsts.get(p);
      Place from = position >= begin || first == null ? next : Place.later(next, first.place());
      Place end = topic.end(p);
      positions.put(p, Math.max(begin, position));
      long behind =
          end == null || topic.endsBefore(p, Math.max(begin, position))
              ? 0
              : topic.places(p, from, end)
                  - letters.withoutTensor(split, p, topic.partitions(), from, end);
      left.add(Math.max(0, behind));
      done.add(topic.come(p) - left.get(p));
    }
    Window window = runWindows.computeIfAbsent(trainer.getRun(), _ -> new Window());
    OptionalDouble speed = speed(window, done, nanos);
    boolean stands = speed.isPresent() && speed.getAsDouble() <= 0;
    OptionalLong oldest =
        stands ? oldest(topic.firstFrom(positions, deadline), left) : OptionalLong.empty();
    return new Behind(left, done, speed, oldest);
  }

  private static OptionalLong oldest(Map<Integer, PlacedRecord> next, List<Long> left) {
    return next.entrySet().stream()
        .filter(entry -> left.get(entry.getKey()) > 0)
        .mapToLong(entry -> entry.getValue().millis())
        .min();
  }

  private static OptionalDouble speed(Window window, List<Long> done, long nanos) {
    window.add(nanos, Behind.sum(done));
    return window.perSecond();
  }

  private SplitView.Seen seen(
      String name, StreamTopic topic, Map<Integer, PlacedRecord> firsts, long nanos) {
    List<Long> kept = new ArrayList<>();
    List<Long> come = new ArrayList<>();
    for (int p = 0; p < topic.partitions(); p++) {
      PlacedRecord first = firsts.get(p);
      Place end = topic.end(p);
      come.add(topic.come(p));
      kept.add(
          first == null || end == null
              ? 0
              : Math.max(
                  0,
                  topic.places(p, first.place(), end)
                      - without(name, p, topic.partitions(), first.place(), end)));
    }
    Window window = topicWindows.computeIfAbsent(name, _ -> new Window());
    window.add(nanos, Behind.sum(come));
    return new SplitView.Seen(kept, come, window.perSecond(), topic.imageBytes());
  }

  private long without(String name, int partition, int partitions, Place from, Place to) {
    return name.equals(imagesName)
        ? letters.withoutImage(split, partition, partitions, from, to)
        : letters.withoutTensor(split, partition, partitions, from, to);
  }

  private static Map<Integer, Long> offsets(
      String name, StreamTopic topic, Map<TopicPartition, Long> begins) {
    Map<Integer, Long> offsets = new HashMap<>();
    for (int p = 0; p < topic.partitions(); p++) {
      offsets.put(p, begins.getOrDefault(new TopicPartition(name, p), 0L));
    }
    return offsets;
  }

  // An end is searched for in the first partition of the topic that still keeps it. Until its size
  // is known an epoch counts as that of the nearest one known.
  private void findSizes(
      Map<Integer, PlacedRecord> firstTensors,
      Map<Integer, PlacedRecord> firstImages,
      long deadline) {
    int keptTensors = epoch(firstTensors, tensors);
    int keptImages = epoch(firstImages, images);
    int first = Math.min(least(firstTensors), least(firstImages));
    if (first == Integer.MAX_VALUE) {
      return;
    }
    sizes.forget(first);
    searched.keySet().removeIf(epoch -> epoch < first);
    try {
      search(first, keptTensors, keptImages, deadline - KEPT_FOR_THE_REST_NANOS);
    } catch (TimeoutException e) {
      LOG.debug("Looking for the ends of epochs took too long; the rest at the next look", e);
    }
  }

  private void search(int first, int keptTensors, int keptImages, long deadline) {
    int searches = 0;
    for (int epoch = first; epoch < newest() && searches < MOST_SEARCHES; epoch++) {
      boolean known = sizes.knows(epoch) || isSearched(epoch);
      if (!known && (epoch >= keptTensors || epoch >= keptImages)) {
        searches++;
        if (epoch >= keptTensors && reaches(tensors, epoch)) {
          tensors.findEnd(epoch, deadline);
        } else {
          images.findEnd(epoch, deadline);
        }
        searched.put(epoch, System.nanoTime());
      }
    }
  }

  private boolean isSearched(int epoch) {
    Long nanos = searched.get(epoch);
    return nanos != null && System.nanoTime() - nanos < SEARCH_AGAIN_NANOS;
  }

  private static int epoch(Map<Integer, PlacedRecord> firsts, StreamTopic topic) {
    PlacedRecord first = firsts.get(0);
    return first == null || topic.end(0) == null ? Integer.MAX_VALUE : first.place().epoch();
  }

  private static int least(Map<Integer, PlacedRecord> firsts) {
    return firsts.values().stream()
        .mapToInt(first -> first.place().epoch())
        .min()
        .orElse(Integer.MAX_VALUE);
  }

  private static boolean reaches(StreamTopic topic, int epoch) {
    Place end = topic.end(0);
    return end != null && end.epoch() > epoch;
  }

  private int newest() {
    int newest = 0;
    for (StreamTopic topic : List.of(images, tensors)) {
      for (int p = 0; p < topic.partitions(); p++) {
        Place end = topic.end(p);
        newest = Math.max(newest, end == null ? 0 : end.epoch());
      }
    }
    return newest;
  }
}
