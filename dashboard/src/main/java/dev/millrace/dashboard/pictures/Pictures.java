package dev.millrace.dashboard.pictures;

import dev.millrace.dashboard.pictures.PicturesView.Fed;
import dev.millrace.dashboard.pictures.PicturesView.KernelsOf;
import dev.millrace.dashboard.pictures.PicturesView.MistakeOf;
import dev.millrace.dashboard.pictures.PicturesView.MistakesOf;
import dev.millrace.dashboard.pictures.PicturesView.PredictionOf;
import dev.millrace.dashboard.pictures.PicturesView.Preview;
import dev.millrace.imaging.PngEncoder;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Mistake;
import dev.millrace.schemas.Mistakes;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pictures of runs: the first layer's kernels, what trainers are being fed, what a network gets
 * most wrong, and images that were left out. All of it is read from the topics when somebody asks,
 * on the thread that asks, two readings at a time; only the kernels of new checkpoints are drawn
 * unasked. Safe for use by several threads, and against whatever bytes the topics hold: sizes are
 * checked before memory is allocated. Keeps 24 MiB of pictures, 16 records of mistakes (8 MiB), and
 * three looks at the tensors (6 MiB where they are of 224 x 224 pixels).
 *
 * <p>Whoever asks is told by {@link PicturesBusyException} that too many ask, and by a {@link
 * KafkaException} that the brokers do not answer within three seconds.
 */
public final class Pictures implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Pictures.class);
  private static final long CACHE_BYTES = 24 << 20;
  private static final String MODEL_OF_COLUMNS = "alexnet";
  private static final String FEED = "feed"; // in a checkpoint's state
  private static final String COLOCATED = "images";

  private final Topics topics;
  private final Readers readers;
  private final PictureIndex index = new PictureIndex();
  private final PicturesWatch watch;
  private final PictureCache cache = new PictureCache(CACHE_BYTES);
  private final MistakesShelf mistakes;
  private final FeedingReader feeding;
  private final Looks looks;

  /**
   * Prepares; nothing is opened yet.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @param changed told the run that has new pictures, on a thread of its own; must not block
   */
  public Pictures(
      Topics topics, Map<String, Object> kafka, InstantSource clock, Consumer<String> changed) {
    this.topics = topics;
    this.readers = new Readers(kafka);
    this.watch = new PicturesWatch(topics, kafka, index, this::drawNew, changed);
    this.mistakes = new MistakesShelf(new MistakesReader(topics), readers);
    this.feeding = new FeedingReader(topics, clock);
    this.looks = new Looks(clock);
  }

  /** Starts to read the topics that tell where pictures are. */
  public Pictures start() {
    watch.start();
    return this;
  }

  // Before trainers delete the weights: so that it can be seen how the kernels became what they
  // are.
  private void drawNew(CheckpointManifest manifest) {
    try {
      kernels(manifest.getRun(), manifest.getStep());
    } catch (KafkaException | PicturesBusyException e) {
      LOG.debug("Kernels of step {} are left to be drawn later", manifest.getStep(), e);
    }
  }

  /** The pictures there are of a run; none where the run is not known. */
  public PicturesView view(String run) {
    RunPictures of = index.run(run);
    Feeding fed = fed(of);
    List<Fed> images = new ArrayList<>();
    for (FedImage image : fed.images()) {
      images.add(
          new Fed(
              PictureUrls.preview(images.size(), fed.at()),
              image.id(),
              image.label(),
              index.className(image.label())));
    }
    Preview preview = new Preview(fed.at(), images, fed.why());
    try {
      return new PicturesView(kernels(of), preview, mistakes(run, of), "");
    } catch (KafkaException | PicturesBusyException e) {
      LOG.debug("Not all pictures of run {}", run, e);
      return new PicturesView(List.of(), preview, null, String.valueOf(e.getMessage()));
    }
  }

  private Feeding fed(RunPictures of) {
    boolean colocated =
        of.checkpoints().stream()
            .limit(1)
            .anyMatch(newest -> COLOCATED.equals(newest.getState().get(FEED)));
    if (colocated) {
      return new Feeding(
          0,
          List.of(),
          "This run augments by itself (--colocated): its tensors pass through no topic");
    }
    return looks.newest(() -> readers.read(feeding::read));
  }

  /** Those of a run's checkpoints whose kernels can be drawn, the newest first. */
  public List<KernelsOf> kernels(String run) {
    return kernels(index.run(run));
  }

  private List<KernelsOf> kernels(RunPictures of) {
    return of.checkpoints().stream()
        .filter(this::isThere)
        .map(manifest ->
            new KernelsOf(
                manifest.getStep(), manifest.getCreatedAt().toEpochMilli(), url(manifest)))
        .toList();
  }

  private boolean isThere(CheckpointManifest manifest) {
    Made made = cache.find(key(manifest));
    return made == null
        ? manifest.getFirstChunkOffset() >= index.chunksBegin()
        : made.png().isPresent();
  }

  private static String url(CheckpointManifest manifest) {
    return PictureUrls.kernels(
        manifest.getRun(), manifest.getStep(), manifest.getCreatedAt().toEpochMilli());
  }

  /** Where a checkpoint's kernels are; null if they cannot be drawn. */
  @Nullable String kernelsUrl(String run, long step) {
    CheckpointManifest manifest = index.run(run).checkpoint(step);
    return manifest != null && isThere(manifest) ? url(manifest) : null;
  }

  /** What a run got most wrong at its newest evaluation; null if it has published none. */
  public @Nullable MistakesOf mistakes(String run) {
    return mistakes(run, index.run(run));
  }

  private @Nullable MistakesOf mistakes(String run, RunPictures of) {
    Mistakes newest = mistakes.newest(run, of.mistakesOffset());
    if (newest == null) {
      return null;
    }
    List<MistakeOf> images = new ArrayList<>();
    for (Mistake mistake : newest.getImages()) {
      images.add(
          new MistakeOf(
              PictureUrls.mistake(
                  run, newest.getStep(), images.size(), newest.getTime().toEpochMilli()),
              mistake.getId(),
              mistake.getLabel(),
              index.className(mistake.getLabel()),
              mistake.getProbability(),
              mistake.getPredictions().stream()
                  .map(prediction ->
                      new PredictionOf(
                          index.className(prediction.getLabel()),
                          prediction.getLabel(),
                          prediction.getProbability()))
                  .toList()));
    }
    return new MistakesOf(
        newest.getStep(), newest.getEpoch(), newest.getTime().toEpochMilli(), images);
  }

  /**
   * The first layer's kernels, each scaled to its own range and enlarged, as PNG; of {@code
   * alexnet} the first column's above the second one's.
   *
   * @return empty if the step is none of the run's newest 20 checkpoints, or its chunks are gone or
   *     cannot be drawn
   */
  public Optional<byte[]> kernels(String run, long step) {
    CheckpointManifest manifest = index.run(run).checkpoint(step);
    if (manifest == null) {
      return Optional.empty();
    }
    Made known = cache.find(key(manifest));
    return (known != null ? known : readers.read(consumer -> draw(manifest, consumer))).png();
  }

  private Made draw(
      CheckpointManifest manifest,
      org.apache.kafka.clients.consumer.Consumer<String, ByteBuffer> consumer) {
    Optional<byte[]> png;
    try {
      Kernels kernels = new KernelReader(topics.checkpointChunks(), manifest).read(consumer);
      int columns = manifest.getModel().equals(MODEL_OF_COLUMNS) ? 2 : 1;
      png = Optional.of(PngEncoder.encode(new KernelSheet(kernels, columns).pixels()));
    } catch (DamagedCheckpointException e) {
      LOG.info(
          "No kernels of the checkpoint of step {} of run {}: {}",
          manifest.getStep(),
          manifest.getRun(),
          e.getMessage());
      png = Optional.empty();
    }
    return cache.keep(key(manifest), new Made(png));
  }

  private static String key(CheckpointManifest manifest) {
    return "kernels %d %d"
        .formatted(manifest.getFirstChunkOffset(), manifest.getCreatedAt().toEpochMilli());
  }

  /**
   * A tensor that trainers were being fed, as PNG.
   *
   * @param at when it was looked
   * @return empty if that look is older than two others, or had not so many tensors
   */
  public Optional<byte[]> preview(int image, long at) {
    return looks.png(at, image);
  }

  /**
   * An image that a run got most wrong, as PNG.
   *
   * @return empty if there is no such evaluation, or it is not one of the newest
   */
  public Optional<byte[]> mistake(String run, long step, int image) {
    return mistakes
        .of(run, step, index.run(run).mistakesOffset())
        .flatMap(found -> MistakesReader.png(found, image));
  }

  /**
   * An image that was left out, shrunk to 96 pixels, as PNG.
   *
   * @param offset of its dead letter
   * @return empty if there is no such letter, or its bytes cannot be decoded
   */
  public Optional<byte[]> deadLetter(long offset) {
    String key = letterKey(offset);
    Made known = cache.find(key);
    return (known != null ? known : readers.read(reader -> thumbnail(key, offset, reader))).png();
  }

  private Made thumbnail(
      String key,
      long offset,
      org.apache.kafka.clients.consumer.Consumer<String, ByteBuffer> consumer) {
    TopicPartition partition = new TopicPartition(topics.deadLetters().name(), 0);
    ConsumerRecord<String, ByteBuffer> record = Readers.at(consumer, partition, offset);
    if (record == null || record.value() == null) {
      return new Made(Optional.empty());
    }
    Optional<byte[]> png;
    try {
      DeadLetter letter =
          topics
              .deadLetters()
              .serde()
              .deserializer()
              .deserialize(record.topic(), record.headers(), record.value());
      png = Thumbnails.of(letter);
    } catch (SerializationException e) {
      LOG.info("No picture of dead letter {}@{}", partition, offset, e);
      png = Optional.empty();
    }
    return cache.keep(key, new Made(png));
  }

  /** Whether it is known that the bytes of a dead letter cannot be decoded. */
  boolean cannotShow(long offset) {
    Made made = cache.find(letterKey(offset));
    return made != null && made.png().isEmpty();
  }

  private static String letterKey(long offset) {
    return "dead letter " + offset;
  }

  /** Stops reading. */
  @Override
  public void close() {
    watch.close();
    readers.close();
  }
}
