package dev.millrace.producer.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.millrace.producer.TestPictures;
import dev.millrace.producer.arrivals.ArrivalQueue;
import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.producer.arrivals.Receipt;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class FolderWatchTest {
  private static final Duration SETTLE = Duration.ofMillis(150);
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir private Path root;
  @TempDir private Path elsewhere;
  private final ArrivalQueue queue = new ArrivalQueue(1 << 20);
  private final KnownImages known = new KnownImages();
  private final List<FolderWatch> started = new ArrayList<>();

  @BeforeEach
  void load() {
    known.loaded();
  }

  @AfterEach
  void stop() {
    started.forEach(FolderWatch::close);
  }

  private FolderWatch watch(Duration patience, Duration rescan) throws IOException {
    FolderWatch watch =
        new FolderWatch(
            root,
            new FollowOptions(SETTLE, patience, rescan, 0.5, 1, 1 << 20),
            queue,
            known,
            InstantSource.system());
    started.add(watch);
    return watch;
  }

  /** Takes the next image as a publisher does. */
  private IncomingImage next() throws InterruptedException {
    IncomingImage image = Objects.requireNonNull(queue.take(LIMIT), "no image came");
    known.put(image.id(), image.fingerprint());
    image.receipt().complete(new Receipt.Published(0, 0, 0));
    return image;
  }

  private List<String> nextIds(int count) throws InterruptedException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(next().id());
    }
    return ids;
  }

  private void nothingMore() throws InterruptedException {
    assertThat(queue.take(SETTLE.multipliedBy(4))).isNull();
  }

  @Test
  void shouldHandOverWhatIsThereAndWhatIsMovedInWithItsClassAndBytes() throws Exception {
    TestPictures.write(root, "cat/1.jpg", 1);
    watch(LONG, LONG).start();

    IncomingImage first = next();
    assertThat(first.id()).isEqualTo("cat/1.jpg");
    assertThat(first.synset()).isEqualTo("cat");
    assertThat(first.split()).isEqualTo(Split.TRAIN);
    assertThat(first.fault()).isNull();
    assertThat(first.bytes()).isEqualTo(TestPictures.jpeg(1));
    assertThat(first.sha256()).hasSize(64);

    Path other = TestPictures.write(elsewhere, "2.jpg", 2);
    Files.move(other, root.resolve("cat/2.jpg"));
    Path flat = TestPictures.write(elsewhere, "n01440764_tench.JPEG", 3);
    Files.move(flat, root.resolve("n01440764_tench.JPEG"));
    List<IncomingImage> moved = List.of(next(), next());
    assertThat(moved)
        .extracting(IncomingImage::id, IncomingImage::synset, IncomingImage::className)
        .containsExactlyInAnyOrder(
            tuple("cat/2.jpg", "cat", "cat"), tuple("n01440764_tench.JPEG", "n01440764", "tench"));
  }

  @Test
  void shouldFindAWholeFolderThatIsMovedInAndShuffleItBySeed() throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      ids.add("dog/deep/%02d.jpg".formatted(i));
      TestPictures.write(elsewhere, ids.getLast(), i);
    }
    Files.writeString(elsewhere.resolve("dog/notes.txt"), "no image");
    TestPictures.write(elsewhere, "dog/.hidden/1.jpg", 1);
    TestPictures.write(elsewhere, "dog/._1.jpg", 1);
    watch(LONG, LONG).start();
    Thread.sleep(200); // it is being watched

    Files.move(elsewhere.resolve("dog"), root.resolve("dog"));

    List<String> found = nextIds(20);
    assertThat(found).containsExactlyInAnyOrderElementsOf(ids);
    assertThat(found).isNotEqualTo(ids);
    nothingMore();
  }

  @Test
  void shouldWaitForAFileThatIsWrittenSlowly() throws Exception {
    watch(LONG, LONG).start();
    byte[] whole = TestPictures.jpeg(5);
    Path file = Files.createDirectories(root.resolve("cat")).resolve("slow.jpg");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(whole, 0, 100);
      out.flush();
      assertThat(queue.take(SETTLE.multipliedBy(4))).isNull(); // still, but not whole
      for (int at = 100; at < whole.length; at += 100) {
        out.write(whole, at, Math.min(100, whole.length - at));
        out.flush();
        Thread.sleep(20);
      }
    }

    IncomingImage image = next();
    assertThat(image.bytes()).isEqualTo(whole);
    assertThat(image.fault()).isNull();
  }

  @Test
  void shouldGiveUpAFileThatStaysCutShort() throws Exception {
    watch(Duration.ofMillis(400), LONG).start();
    byte[] whole = TestPictures.jpeg(5);
    Files.createDirectories(root.resolve("cat"));
    Files.write(root.resolve("cat/short.jpg"), Arrays.copyOf(whole, whole.length - 20));

    IncomingImage image = next();

    assertThat(image.fault()).isEqualTo("the JPEG is cut short: its end marker is missing");
    assertThat(image.bytes()).hasSize(whole.length - 20);
    nothingMore();
  }

  @Test
  void shouldTellWhatHasNoClassOrIsTooLarge() throws Exception {
    TestPictures.write(root, "nowhere.jpg", 1);
    Files.createDirectories(root.resolve("cat"));
    Files.write(root.resolve("cat/huge.jpg"), new byte[(1 << 20) + 1]);
    watch(SETTLE, LONG).start();

    List<IncomingImage> two = List.of(next(), next());

    assertThat(two)
        .anySatisfy(
            image -> assertThat(image.fault()).startsWith("Cannot tell the class of nowhere.jpg"))
        .anySatisfy(image ->
            assertThat(image.fault())
                .isEqualTo(
                    "an image may have 1048576 bytes at most (--max-image-size), found 1048577"));
  }

  @Test
  void shouldFindByLookingThroughWhatNobodyTold() throws Exception {
    // What lies behind a link that leads out of the watched folders changes untold.
    Path target = Files.createDirectories(elsewhere.resolve("bird"));
    Files.createDirectories(root.resolve("bird"));
    watch(LONG, Duration.ofMillis(300)).start();
    TestPictures.write(root, "bird/1.jpg", 1);
    assertThat(nextIds(1)).containsExactly("bird/1.jpg");

    Path hidden = TestPictures.write(target, "2.jpg", 2);
    Files.createSymbolicLink(root.resolve("bird/more"), target);

    assertThat(nextIds(1)).containsExactly("bird/more/2.jpg");
    assertThat(hidden).exists();
  }

  @Test
  void shouldPassOverWhatIsKnownEvenIfItChanges() throws Exception {
    Path file = TestPictures.write(root, "cat/1.jpg", 1);
    watch(LONG, Duration.ofMillis(200)).start();
    assertThat(nextIds(1)).containsExactly("cat/1.jpg");

    Files.write(file, TestPictures.jpeg(77));
    TestPictures.write(root, "cat/2.jpg", 2);

    assertThat(nextIds(1)).containsExactly("cat/2.jpg");
    nothingMore();
  }

  @Test
  void shouldPassOverValidationImagesThatComeLate() throws Exception {
    TestPictures.write(root, "val/cat/1.jpg", 1);
    TestPictures.write(root, "train/cat/2.jpg", 2);
    watch(LONG, LONG).start();

    IncomingImage only = next();

    assertThat(only.id()).isEqualTo("train/cat/2.jpg");
    assertThat(only.synset()).isEqualTo("cat");
    nothingMore();
  }

  @Test
  void shouldValidateWithTheFolderForItAtTheFirstStart() throws Exception {
    TestPictures.write(root, "val/cat/1.jpg", 1);
    TestPictures.write(root, "val/bee/2.jpg", 2);
    for (int i = 0; i < 20; i++) {
      TestPictures.write(root, "train/cat/%d.jpg".formatted(i), i);
    }
    Thread.sleep(2 * SETTLE.toMillis()); // until they are settled
    FolderWatch watch = watch(LONG, LONG);

    List<IncomingImage> validation = new ArrayList<>();
    watch.first().validation().forEach(validation::add);

    assertThat(watch.first().classes().keySet()).containsExactly("bee", "cat");
    assertThat(validation)
        .extracting(IncomingImage::id)
        .containsExactlyInAnyOrder("val/cat/1.jpg", "val/bee/2.jpg");
    assertThat(validation).allMatch(image -> image.split() == Split.VALIDATION);
  }

  @Test
  void shouldHoldOutAShareAtTheFirstStartWhereThereIsNoFolderForIt() throws Exception {
    for (int i = 0; i < 100; i++) {
      TestPictures.write(root, "cat/%d.jpg".formatted(i), i);
    }
    Thread.sleep(2 * SETTLE.toMillis()); // until they are settled
    Path unsettled = TestPictures.write(root, "cat/new.jpg", 1000);
    Files.setLastModifiedTime(unsettled, FileTime.from(Instant.now().plusSeconds(60)));

    List<String> validation = new ArrayList<>();
    watch(LONG, LONG).first().validation().forEach(image -> validation.add(image.id()));

    assertThat(validation).hasSizeBetween(35, 65).doesNotContain("cat/new.jpg");
  }

  @Test
  void shouldRefuseWhatIsNoFolder() throws Exception {
    Path file = Files.createFile(elsewhere.resolve("file"));
    FollowOptions options = new FollowOptions(SETTLE, LONG, LONG, 0.1, 1, 1 << 20);

    assertThatThrownBy(() -> new FolderWatch(file, options, queue, known, InstantSource.system()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no folder that can be read");
  }
}
